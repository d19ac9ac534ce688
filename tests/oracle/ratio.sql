-- A ratio of whole numbers as gold writes it: six digits, half away from zero, computed without a float.
create or replace temp macro ratio(part, whole) as
case
    when whole <> 0 then cast(
        sign(part) * sign(whole) * ((2000000 * abs(part)::hugeint + abs(whole)::hugeint) // (2 * abs(whole)::hugeint))
        as decimal(38, 0)
    ) * 0.000001
end;


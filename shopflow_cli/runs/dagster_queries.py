"""The GraphQL queries that Dagster's Python client does not offer."""

ASSETS = """
query Assets {
  assetNodes {
    assetKey { path }
    isMaterializable isPartitioned jobNames
    repository { name location { name } }
  }
}"""
DAYS = """
query Days($key: AssetKeyInput!) {
  assetNodeOrError(assetKey: $key) { ... on AssetNode { partitionKeys } }
}"""
OPS = """
query Ops($selector: PipelineSelector!) {
  pipelineOrError(params: $selector) {
    ... on Pipeline {
      solidHandles {
        solid {
          name
          definition {
            ... on SolidDefinition {
              configField { configType { ... on CompositeConfigType { fields { name } } } }
            }
          }
        }
      }
    }
  }
}"""
EVENTS = """
query Events($run: ID!, $after: String) {
  runOrError(runId: $run) { ... on Run { status } ... on PythonError { message } }
  logsForRun(runId: $run, afterCursor: $after, limit: 500) {
    __typename
    ... on PythonError { message }
    ... on EventConnection {
      cursor hasMore
      events {
        __typename
        ... on MessageEvent { message level stepKey timestamp }
        ... on ErrorEvent { error { message errorChain { error { message } } } }
        ... on MaterializationEvent { assetKey { path } partition }
        ... on AssetMaterializationPlannedEvent { assetKey { path } }
        ... on AssetCheckEvaluationEvent {
          evaluation {
            checkName success severity description partition
            assetKey { path }
            metadataEntries {
              label
              ... on TextMetadataEntry { text }
              ... on MarkdownMetadataEntry { mdStr }
              ... on JsonMetadataEntry { jsonString }
              ... on IntMetadataEntry { intRepr }
              ... on FloatMetadataEntry { floatRepr }
            }
          }
        }
      }
    }
  }
}"""
RUNS = """
query Runs($statuses: [RunStatus!]!, $after: String) {
  runsOrError(filter: { statuses: $statuses }, cursor: $after, limit: 100) {
    ... on Runs { results { runId status endTime tags { key value } } }
  }
}"""
MATERIALIZATIONS = """
query Materializations($run: ID!) {
  runOrError(runId: $run) {
    ... on Run {
      assetMaterializations {
        assetKey { path }
        metadataEntries {
          label
          ... on TextMetadataEntry { text }
          ... on IntMetadataEntry { intRepr }
        }
      }
    }
  }
}"""

"""The nouns as value types: msgspec Structs without behaviour beyond views of themselves.

The same Structs are what the Python API returns and what goes over the wire.
"""

from runstone.core.entities.artifacts import ArtifactEntry, FileInfo
from runstone.core.entities.datasets import DatasetInput, DatasetRecord, DatasetSummary, InputTag
from runstone.core.entities.experiments import Experiment, ExperimentTag
from runstone.core.entities.lineage import Edge, Node, NodeKind, Relation
from runstone.core.entities.metrics import Metric, MetricSummary
from runstone.core.entities.models import (
    LoggedModel,
    LoggedModelInput,
    LoggedModelOutput,
    LoggedModelStatus,
    ModelRegistration,
)
from runstone.core.entities.params import Param, ParamValue, param_number, param_text
from runstone.core.entities.registry import (
    AliasMove,
    ModelVersion,
    ModelVersionStatus,
    ModelVersionTag,
    RegisteredModel,
    RegisteredModelAlias,
    RegisteredModelTag,
)
from runstone.core.entities.runs import (
    ExperimentRuns,
    LifecycleStage,
    NewRun,
    Run,
    RunData,
    RunInfo,
    RunInputs,
    RunKeys,
    RunOutputs,
    RunStatus,
    RunSummary,
    RunTag,
    Status,
)
from runstone.core.entities.views import ViewType
from runstone.core.entities.webhooks import Webhook, WebhookDelivery, WebhookEvent, WebhookStatus

__all__ = [
    "AliasMove",
    "ArtifactEntry",
    "DatasetInput",
    "DatasetRecord",
    "DatasetSummary",
    "Edge",
    "Experiment",
    "ExperimentRuns",
    "ExperimentTag",
    "FileInfo",
    "InputTag",
    "LifecycleStage",
    "LoggedModel",
    "LoggedModelInput",
    "LoggedModelOutput",
    "LoggedModelStatus",
    "Metric",
    "MetricSummary",
    "ModelRegistration",
    "ModelVersion",
    "ModelVersionStatus",
    "ModelVersionTag",
    "NewRun",
    "Node",
    "NodeKind",
    "Param",
    "ParamValue",
    "RegisteredModel",
    "RegisteredModelAlias",
    "RegisteredModelTag",
    "Relation",
    "Run",
    "RunData",
    "RunInfo",
    "RunInputs",
    "RunKeys",
    "RunOutputs",
    "RunStatus",
    "RunSummary",
    "RunTag",
    "Status",
    "ViewType",
    "Webhook",
    "WebhookDelivery",
    "WebhookEvent",
    "WebhookStatus",
    "param_number",
    "param_text",
]

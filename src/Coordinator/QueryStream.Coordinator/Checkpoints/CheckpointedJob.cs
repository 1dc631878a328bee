using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Identity;
using QueryStream.Streams.Graph;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>A job that takes checkpoints.</summary>
/// <param name="Id">The job.</param>
/// <param name="Graph">Its graph.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Store">Where its checkpoints are stored.</param>
/// <param name="Storages">Opens the storages of its savepoints.</param>
internal sealed record CheckpointedJob(JobId Id, JobGraph Graph, CheckpointSettings Settings, CheckpointStore Store, CheckpointStorages Storages);

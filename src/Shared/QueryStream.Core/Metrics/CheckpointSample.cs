namespace QueryStream.Core.Metrics;

/// <summary>The part of a task in its last checkpoint, once it is stored.</summary>
/// <param name="StartDelay">From when the task was told of the checkpoint to the first barrier; zero if that came first.</param>
/// <param name="Alignment">From the first barrier to the last.</param>
/// <param name="StateBytes">The stored bytes of its state.</param>
public sealed record CheckpointSample(TimeSpan StartDelay, TimeSpan Alignment, long StateBytes);

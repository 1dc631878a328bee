using QueryStream.Core.Identity;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Metrics;

namespace QueryStream.Worker;

/// <summary>A task that runs in a slot of this worker, with its metrics of about a second ago. Immutable.</summary>
/// <param name="Task">Its identity.</param>
/// <param name="JobName">The name of its job.</param>
/// <param name="Vertex">Its vertex.</param>
/// <param name="Attempt">Its attempt.</param>
/// <param name="Figures">Its metrics.</param>
public sealed record RunningTask(TaskId Task, string JobName, JobVertex Vertex, Attempt Attempt, TaskFigures Figures);

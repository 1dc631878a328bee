using QueryStream.Core.Identity;

namespace QueryStream.Wire.Control;

/// <summary>A task has changed its state. Its last <see cref="MetricsReport"/> comes before its end.</summary>
/// <param name="Task">The task.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="State">Running, Finished, Failed or Canceled: the states that a worker decides.</param>
/// <param name="Failure">Of Failed: what happened, else null.</param>
public sealed record TaskReport(TaskId Task, Attempt Attempt, TaskState State, TaskFailure? Failure = null) : JobReport(Task.Job, Attempt);

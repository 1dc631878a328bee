using QueryStream.Core.Identity;

namespace QueryStream.TestKit.Jobs;

/// <summary>The failure that a task has reported.</summary>
/// <param name="Task">The task.</param>
/// <param name="Operator">The operator that failed.</param>
/// <param name="Cause">The exception.</param>
/// <param name="Position">The row or timer at which it happened; null if unknown.</param>
public sealed record HarnessFailure(TaskId Task, string Operator, Exception Cause, string? Position = null)
{
    /// <summary>Describes the place and the exception.</summary>
    public override string ToString() => $"{Operator}, subtask {Task.Subtask}{(Position is null ? "" : $", {Position}")}: {Cause}";
}

/// <summary>How a task ended.</summary>
public enum TaskOutcome
{
    /// <summary>It reached the end of its input.</summary>
    Finished,

    /// <summary>It threw.</summary>
    Failed,

    /// <summary>It was cancelled.</summary>
    Canceled,
}

using QueryStream.Core.Identity;

namespace QueryStream.TestKit.Jobs;

/// <summary>What a task said when it failed.</summary>
/// <param name="Task">The task.</param>
/// <param name="Operator">The operator in whose code it happened.</param>
/// <param name="Cause">What was thrown.</param>
/// <param name="Position">At which row or timer, as far as that is known.</param>
public sealed record HarnessFailure(TaskId Task, string Operator, Exception Cause, string? Position = null)
{
    /// <summary>For people: where it happened, what was thrown, and from where.</summary>
    public override string ToString() => $"{Operator}, subtask {Task.Subtask}{(Position is null ? "" : $", {Position}")}: {Cause}";
}

/// <summary>How a task has ended.</summary>
public enum TaskFate
{
    /// <summary>It came to the end of its input.</summary>
    Finished,

    /// <summary>It threw.</summary>
    Failed,

    /// <summary>It was told to end.</summary>
    Canceled,
}

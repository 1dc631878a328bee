using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Tasks;

/// <summary>What a task understands. A struct, since batches and credit come as messages too.</summary>
/// <param name="Kind">What it says, and so which of the other members count.</param>
public readonly record struct TaskMessage(TaskMessageKind Kind)
{
    /// <summary>Of data and control: the receiver's channel. Of credit: the sender's.</summary>
    public int Channel { get; init; }

    /// <summary>Of data: which link of the channel's edge the batch belongs to.</summary>
    public int Link { get; init; }

    /// <summary>Of data: the rows; the receiver holds the batch.</summary>
    public Batch? Batch { get; init; }

    /// <summary>Of control: the element.</summary>
    public Control Control { get; init; }

    /// <summary>Of credit: bytes that the receiver has consumed.</summary>
    public long Bytes { get; init; }

    /// <summary>Of credit: the receiver's watermark.</summary>
    public EventTime Watermark { get; init; }

    /// <summary>Of credit: how many <see cref="ControlKind.Active"/> elements the receiver has seen on the channel.</summary>
    public int Activations { get; init; }

    /// <summary>Of snapshots, and of completed and aborted checkpoints: the checkpoint.</summary>
    public CheckpointId Checkpoint { get; init; }

    /// <summary>Of failures: what was thrown.</summary>
    public Exception? Failure { get; init; }

    /// <summary>Of callbacks: what to call, in the task's turn.</summary>
    public Action? Callback { get; init; }
}

using QueryStream.Core.Identity;
using QueryStream.Runtime.Exchange;

namespace QueryStream.Runtime.Tasks;

/// <summary>
/// What a task understands: elements of its channels, and orders of its own worker, which never cross a channel. A struct, since batches and
/// credit come as messages too.
/// </summary>
public readonly record struct TaskMessage
{
    /// <summary>Something may have changed: take a turn.</summary>
    public static readonly TaskMessage Wake = new() { Kind = TaskMessageKind.Wake };

    /// <summary>All tasks of the attempt are deployed: connect the channels, open the connectors, process rows.</summary>
    public static readonly TaskMessage Run = new() { Kind = TaskMessageKind.Run };

    /// <summary>End without closing windows or flushing sinks.</summary>
    public static readonly TaskMessage Cancel = new() { Kind = TaskMessageKind.Cancel };

    /// <summary>What it says, and so which of the other members count.</summary>
    internal TaskMessageKind Kind { get; private init; }

    /// <summary>Of elements: the task's number for the channel.</summary>
    internal int Channel { get; private init; }

    /// <summary>Of elements: the element.</summary>
    internal ChannelElement Element { get; private init; }

    /// <summary>Of snapshots, and of completed and aborted checkpoints: the checkpoint.</summary>
    internal CheckpointId Checkpoint { get; private init; }

    /// <summary>Of callbacks: what to call, in the task's turn.</summary>
    internal Action? Callback { get; private init; }

    /// <summary>Sources send the barrier of a checkpoint. Other tasks get it from their channels and ignore this.</summary>
    public static TaskMessage TriggerSnapshot(CheckpointId checkpoint) => new() { Kind = TaskMessageKind.TriggerSnapshot, Checkpoint = checkpoint };

    /// <summary>A checkpoint is complete: no older one will be needed again.</summary>
    public static TaskMessage CheckpointCompleted(CheckpointId checkpoint) => new() { Kind = TaskMessageKind.CheckpointCompleted, Checkpoint = checkpoint };

    /// <summary>A checkpoint was given up: the task does not wait for its barrier any more, and goes on.</summary>
    public static TaskMessage CheckpointAborted(CheckpointId checkpoint) => new() { Kind = TaskMessageKind.CheckpointAborted, Checkpoint = checkpoint };

    /// <summary>An element has come on a channel.</summary>
    internal static TaskMessage Arrived(int channel, in ChannelElement element) =>
        new() { Kind = TaskMessageKind.Element, Channel = channel, Element = element };

    /// <summary>Calls back: a timer is due, or work outside of the task has ended.</summary>
    internal static TaskMessage Call(Action callback) => new() { Kind = TaskMessageKind.Callback, Callback = callback };
}

/// <summary>The kinds of <see cref="TaskMessage"/>.</summary>
internal enum TaskMessageKind : byte
{
    Wake,
    Element,
    Run,
    Callback,
    TriggerSnapshot,
    CheckpointCompleted,
    CheckpointAborted,
    Cancel,
}

using QueryStream.Core.Identity;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Reading;
using QueryStream.Runtime.Snapshots;

namespace QueryStream.Runtime.Tasks;

/// <summary>
/// The messages of a task: elements of its channels, and commands of its own worker, which never cross a channel. A struct, since batches and credit
/// are messages too.
/// </summary>
public readonly record struct TaskMessage
{
    /// <summary>Gives the task a turn, since something may have changed.</summary>
    public static readonly TaskMessage Wake = new() { Kind = TaskMessageKind.Wake };

    /// <summary>All tasks of the attempt are deployed: connect the channels, open the connectors, process rows.</summary>
    public static readonly TaskMessage Run = new() { Kind = TaskMessageKind.Run };

    /// <summary>End without firing windows or flushing sinks.</summary>
    public static readonly TaskMessage Cancel = new() { Kind = TaskMessageKind.Cancel };

    /// <summary>The tasks that have moved are deployed: connect the channels to them again.</summary>
    public static readonly TaskMessage Reconnect = new() { Kind = TaskMessageKind.Reconnect };

    // One field for all kinds, since the message is copied for each batch.
    private readonly object? _argument;

    private TaskMessage(TaskMessageKind kind, object? argument) => (Kind, _argument) = (kind, argument);

    /// <summary>The kind, which determines the members that are used.</summary>
    internal TaskMessageKind Kind { get; private init; }

    /// <summary>For elements: the task's number for the channel.</summary>
    internal int Channel { get; private init; }

    /// <summary>For elements: the attempt of the task that has sent it. One that has moved since may be late.</summary>
    internal Attempt Sender { get; private init; }

    /// <summary>For elements: the element.</summary>
    internal ChannelElement Element { get; private init; }

    /// <summary>For completed and aborted checkpoints: the checkpoint.</summary>
    internal CheckpointId Checkpoint { get; private init; }

    /// <summary>For snapshots: the checkpoint and where it is stored.</summary>
    internal SnapshotTrigger? Trigger => _argument as SnapshotTrigger;

    /// <summary>For adoptions: where snapshots are stored from now on.</summary>
    internal CheckpointTarget? Target => _argument as CheckpointTarget;

    /// <summary>For callbacks: what to call in the task's turn.</summary>
    internal Action? Callback => _argument as Action;

    /// <summary>For announced moves: the move.</summary>
    internal TaskMove? Move => _argument as TaskMove;

    /// <summary>For moves: the tasks that have moved, with their attempts.</summary>
    internal IReadOnlyDictionary<TaskId, Attempt>? Moved => _argument as IReadOnlyDictionary<TaskId, Attempt>;

    /// <summary>For questions: what is asked for.</summary>
    internal StateRead? Read => _argument as StateRead;

    /// <summary>
    /// A checkpoint begins. Sources send its barrier; other tasks get it from their channels, before or after this message, which says where the
    /// state is written.
    /// </summary>
    public static TaskMessage TriggerSnapshot(SnapshotTrigger trigger) => new(TaskMessageKind.TriggerSnapshot, trigger);

    /// <summary>A checkpoint is complete: older ones are no longer needed.</summary>
    public static TaskMessage CheckpointCompleted(CheckpointId checkpoint) =>
        new() { Kind = TaskMessageKind.CheckpointCompleted, Checkpoint = checkpoint };

    /// <summary>A checkpoint was aborted: the task no longer waits for its barrier.</summary>
    public static TaskMessage CheckpointAborted(CheckpointId checkpoint) =>
        new() { Kind = TaskMessageKind.CheckpointAborted, Checkpoint = checkpoint };

    /// <summary>Another coordinator has taken the task over.</summary>
    /// <param name="target">Where it stores the parts of checkpoints, and its final snapshot; null: none are taken.</param>
    public static TaskMessage Adopted(CheckpointTarget? target) => new(TaskMessageKind.Adopted, target);

    /// <summary>This task, or others, move with a checkpoint that was not triggered yet.</summary>
    public static TaskMessage PrepareMove(TaskMove move) => new(TaskMessageKind.PrepareMove, move);

    /// <summary>The checkpoint of a move is complete: the channels to tasks that have moved end, and the next elements come from elsewhere.</summary>
    /// <param name="moved">The tasks, with their new attempts.</param>
    public static TaskMessage PeersMoved(IReadOnlyDictionary<TaskId, Attempt> moved) => new(TaskMessageKind.PeersMoved, moved);

    /// <summary>Somebody asks for the state of a key.</summary>
    public static TaskMessage ReadState(StateRead read) => new(TaskMessageKind.ReadState, read);

    /// <summary>An element has come on a channel.</summary>
    internal static TaskMessage Arrived(int channel, Attempt sender, in ChannelElement element) =>
        new() { Kind = TaskMessageKind.Element, Channel = channel, Sender = sender, Element = element };

    /// <summary>Calls back in a turn: a timer is due, or work outside of the task has ended.</summary>
    internal static TaskMessage Call(Action callback) => new(TaskMessageKind.Callback, callback);
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
    ReadState,
    Adopted,
    PrepareMove,
    PeersMoved,
    Reconnect,
}

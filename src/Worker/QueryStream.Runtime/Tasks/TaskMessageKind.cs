namespace QueryStream.Runtime.Tasks;

/// <summary>The kinds of message that a task understands.</summary>
public enum TaskMessageKind : byte
{
    /// <summary>Something may have changed: take a turn.</summary>
    Wake,

    /// <summary>A batch on a channel.</summary>
    Data,

    /// <summary>A control element on a channel.</summary>
    Control,

    /// <summary>The receiver of a channel has consumed.</summary>
    Credit,

    /// <summary>All tasks of the job are there: connect, open, run.</summary>
    Run,

    /// <summary>Call something back: a timer is due, or work outside has come to an end.</summary>
    Callback,

    /// <summary>Something outside of a turn failed the task.</summary>
    Failed,

    /// <summary>Of sources: send the barrier of a checkpoint. Others get it from their channels.</summary>
    Snapshot,

    /// <summary>A checkpoint is complete: all before it will never be needed again.</summary>
    CheckpointCompleted,

    /// <summary>A checkpoint was given up. The job goes on.</summary>
    CheckpointAborted,

    /// <summary>End without closing windows or flushing sinks.</summary>
    Cancel,
}

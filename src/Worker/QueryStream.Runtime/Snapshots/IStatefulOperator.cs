using QueryStream.Core.Identity;

namespace QueryStream.Runtime.Snapshots;

/// <summary>
/// An operator whose state is in snapshots. It registers itself with the task's context when it is made. State is a set of named bags of
/// items, each item of a type with a codec; so any of it can be restored into any parallelism.
/// </summary>
internal interface IStatefulOperator
{
    /// <summary>Names the state across versions of the job.</summary>
    OperatorId Id { get; }

    /// <summary>What people see.</summary>
    string Name { get; }

    /// <summary>
    /// Writes the whole state. Called in the task's turn when the operator hands on a barrier, that is when nothing from before the barrier is
    /// pending in it. Must not change the state.
    /// </summary>
    void Snapshot(StateWriter state);

    /// <summary>Takes over state, before the first row and the first control element. Not called where there is nothing to restore.</summary>
    void Restore(StateReader state);
}

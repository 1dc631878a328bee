using QueryStream.Core.Identity;
using QueryStream.Runtime.Tasks;

namespace QueryStream.Runtime.Snapshots;

/// <summary>
/// An operator whose state is in snapshots. It adds itself to <see cref="TaskContext.Stateful"/> when it is made. Its state is a set of named
/// collections of items, each item of a type with a codec, so that any parallelism can restore it. See docs/design/state-capture.md.
/// </summary>
internal interface IStatefulOperator : IAttributable
{
    /// <summary>Identifies the state across versions of the job.</summary>
    OperatorId Id { get; }

    /// <summary>
    /// Fixes the state of this moment without copying it: the cost must not grow with the state. Called in a turn of the task, when the operator
    /// forwards a barrier and nothing from before the barrier is pending in it; several captures may be in flight. The items that it adds are
    /// enumerated later, on another thread, while the task goes on, so they must read only what no later turn changes.
    /// </summary>
    void Capture(StateCapture capture);

    /// <summary>
    /// Restores the state. Called once, before the first row and the first control element, outside of the task's turns and on any thread; no turn
    /// touches the operator before the returned task has completed. Not called if there is nothing to restore.
    /// </summary>
    Task RestoreAsync(StateReader state);
}

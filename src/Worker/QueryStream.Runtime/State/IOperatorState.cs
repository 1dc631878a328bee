using QueryStream.Runtime.Snapshots;

namespace QueryStream.Runtime.State;

/// <summary>One state of a subtask that belongs to no key.</summary>
internal interface IOperatorState
{
    /// <summary>The state's name.</summary>
    string Name { get; }

    /// <summary>Adds the state of this moment to a capture; see <see cref="IStatefulOperator.Capture"/>.</summary>
    void Capture(StateCapture capture);

    /// <summary>Takes over what the subtask gets of it.</summary>
    void Restore(StateReader state);
}

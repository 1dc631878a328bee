using QueryStream.Core.Identity;
using QueryStream.Core.Keys;

namespace QueryStream.Coordinator.State;

/// <summary>What is asked for.</summary>
/// <param name="Operator">The name or the id of an operator, or the id of a vertex with one keyed operator.</param>
/// <param name="Key">The key.</param>
public sealed record KeyStateRequest(string Operator, string Key)
{
    /// <summary>Whether the key is JSON as it stands, instead of a text as people write it.</summary>
    public bool IsJson { get; init; }

    /// <summary>How long the owner may take to answer.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>The state of one key, as its owner had it at a moment between question and answer.</summary>
/// <param name="Task">The task that has answered.</param>
/// <param name="OperatorName">The operator.</param>
/// <param name="Operator">Its id.</param>
/// <param name="Group">The key group.</param>
/// <param name="Key">The key as JSON.</param>
/// <param name="State">The state, a JSON object.</param>
public sealed record KeyState(TaskInfo Task, string OperatorName, OperatorId Operator, KeyGroup Group, string Key, string State);

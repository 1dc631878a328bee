using QueryStream.Core.Identity;
using QueryStream.Core.Keys;

namespace QueryStream.Runtime.Reading;

/// <summary>A question to a task about the state of one key. It is answered once, in a turn of the task or when its message is dropped.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Group">The key group of the key, as the asker has computed it.</param>
/// <param name="Key">The key as JSON.</param>
/// <param name="Answer">Takes the answer. Must not block, and must not throw.</param>
public sealed record StateRead(OperatorId Operator, KeyGroup Group, string Key, Action<StateReadResult> Answer);

/// <summary>The answer to a <see cref="StateRead"/>.</summary>
public abstract record StateReadResult
{
    private StateReadResult()
    {
    }

    /// <summary>The state of the key.</summary>
    /// <param name="Json">A JSON object; see docs/design/sharding.md.</param>
    public sealed record Found(string Json) : StateReadResult;

    /// <summary>This task does not run, or does not own the key group. Another one may, or this one later.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record NotOwner(string Reason) : StateReadResult;

    /// <summary>It cannot be read, now or later.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Refused(string Reason) : StateReadResult;
}

using QueryStream.Core.Identity;
using QueryStream.Core.Keys;

namespace QueryStream.Wire.State;

/// <summary>A question about the state of one key. It goes to the worker of one task of one attempt, and is never answered by another one.</summary>
/// <param name="Task">The task that owns the key.</param>
/// <param name="Attempt">The attempt in which the asker believes the task to run.</param>
/// <param name="Operator">The operator.</param>
/// <param name="Group">The key group of the key.</param>
/// <param name="Key">The key as JSON.</param>
public sealed record StateQuery(TaskId Task, Attempt Attempt, OperatorId Operator, KeyGroup Group, string Key)
{
    /// <summary>The longest key, in characters: a question is a small message.</summary>
    public const int MaxKey = 64 * 1024;
}

/// <summary>The answer to a <see cref="StateQuery"/>.</summary>
/// <param name="Outcome">What kind of answer.</param>
/// <param name="Text">For <see cref="StateOutcome.Found"/> a JSON object, else the reason.</param>
public sealed record StateAnswer(StateOutcome Outcome, string Text);

/// <summary>The kinds of <see cref="StateAnswer"/>. The numbers are on the wire: they never change.</summary>
public enum StateOutcome : byte
{
    /// <summary>The state of the key.</summary>
    Found = 1,

    /// <summary>The task does not run here in this attempt: whoever asks looks where it runs now, and asks again.</summary>
    NotOwner = 2,

    /// <summary>The state cannot be shown; asking again does not help.</summary>
    Refused = 3,
}

using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace QueryStream.Core.Actors;

/// <summary>How work outside of an actor has ended: with a value, or with an exception.</summary>
/// <typeparam name="T">The value.</typeparam>
public readonly struct IoResult<T>
{
    private readonly T? _value;

    /// <summary>The result of work that succeeded.</summary>
    public IoResult(T value) => _value = value;

    /// <summary>The result of work that threw.</summary>
    public IoResult(Exception failure) => Failure = failure;

    /// <summary>What the work threw; null where it succeeded.</summary>
    public Exception? Failure { get; }

    /// <summary>Whether the work succeeded.</summary>
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool Succeeded => Failure is null;

    /// <summary>What the work returned. Reading it throws what the work threw, with its stack trace.</summary>
    public T Value
    {
        get
        {
            if (Failure is not null)
            {
                ExceptionDispatchInfo.Throw(Failure);
            }

            return _value!;
        }
    }
}

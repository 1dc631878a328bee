using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace QueryStream.Core.Actors;

/// <summary>The outcome of I/O outside of an actor: a value or an exception.</summary>
/// <typeparam name="T">The value.</typeparam>
public readonly struct IoResult<T>
{
    private readonly T? _value;

    /// <summary>The result of work that succeeded.</summary>
    public IoResult(T value) => _value = value;

    /// <summary>The result of work that threw.</summary>
    public IoResult(Exception failure) => Failure = failure;

    /// <summary>The exception; null if the work succeeded.</summary>
    public Exception? Failure { get; }

    /// <summary>Whether the work succeeded.</summary>
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool Succeeded => Failure is null;

    /// <summary>The value. Throws the work's exception, with its stack trace, if it failed.</summary>
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

using QueryStream.Core.Errors;

namespace QueryStream.Runtime.Tasks;

/// <summary>A part of a task that runs code of the job or of a connector: an operator, or something that belongs to one.</summary>
internal interface IAttributable
{
    /// <summary>The operator that errors name.</summary>
    string Name { get; }

    /// <summary>
    /// What it is working on, for errors: <c>at offset 17 of split clicks-2</c>, <c>in the timer of 12:00 of key k7</c>; null if that is not
    /// known. Called once, in a turn of the task, after its code has thrown. It may call code of the job again to find the row.
    /// </summary>
    string? DescribePosition() => null;
}

/// <summary>
/// Finds the operator and the row for an exception of a task, so that operators need no exception filters. Operators call each other, and the
/// innermost one has thrown: each operator enters when it begins and leaves when it ends, but not when it throws, so it is still entered when the
/// exception arrives at the task's edge. The cost is two stores per batch, and at most one per row for its index. Used in turns of one task.
/// </summary>
internal sealed class ExceptionAttribution
{
    private IAttributable? _running;

    /// <summary>An operator begins to run.</summary>
    /// <returns>The operator that has called it, for <see cref="Leave"/>.</returns>
    public IAttributable? Enter(IAttributable running)
    {
        IAttributable? caller = _running;
        _running = running;
        return caller;
    }

    /// <summary>The operator returns to its caller. Not called in a <c>finally</c>: after an exception the operator must stay entered.</summary>
    public void Leave(IAttributable? caller) => _running = caller;

    /// <summary>Runs code of an operator.</summary>
    public void Run(IAttributable running, Action action)
    {
        IAttributable? caller = Enter(running);
        action();
        Leave(caller);
    }

    /// <summary>Attributes an exception that has arrived at the task's edge.</summary>
    /// <param name="exception">What was thrown in a turn of the task.</param>
    /// <param name="head">The operator to name if none was running.</param>
    /// <returns>The operator, and the exception to report: it holds the position if that is known.</returns>
    public (string Operator, Exception Cause) Attribute(Exception exception, string head)
    {
        if (exception is OperatorFailure { InnerException: { } cause } failure)
        {
            return (failure.OperatorName, cause);
        }

        string? position = exception is RowFailedException ? null : PositionOf(_running);
        return (_running?.Name ?? head, position is null ? exception : new RowFailedException(position, exception));
    }

    private static string? PositionOf(IAttributable? running)
    {
        try
        {
            return running?.DescribePosition();
        }
        catch (Exception e)
        {
            // The first exception is the one to report; this one only explains the missing position.
            return $"at a row that cannot be described: {e.GetType().Name}: {e.Message}";
        }
    }
}

/// <summary>An operator of which only the name is known.</summary>
/// <param name="Name">The operator.</param>
internal sealed record NamedOperator(string Name) : IAttributable;

/// <summary>Carries the exception of an operator's external work into a turn of the task, with its stack trace as the inner exception.</summary>
/// <param name="operatorName">The operator.</param>
/// <param name="cause">What was thrown.</param>
internal sealed class OperatorFailure(string operatorName, Exception cause) : Exception(cause.Message, cause)
{
    /// <summary>The operator.</summary>
    public string OperatorName { get; } = operatorName;
}

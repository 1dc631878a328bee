using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;

namespace QueryStream.Runtime.Operators.Async;

/// <summary>A row that an asynchronous function is asked for, from when it has come until its answer has gone. Used in turns of one task.</summary>
/// <typeparam name="TIn">The row.</typeparam>
/// <typeparam name="TOut">The answer.</typeparam>
/// <param name="row">The row.</param>
/// <param name="time">Its event time.</param>
/// <param name="position">Which record it is.</param>
/// <param name="segment">The watermarks that it lies between.</param>
internal sealed class AsyncCall<TIn, TOut>(TIn row, EventTime time, RowPosition position, AsyncSegment<TIn, TOut> segment)
{
    /// <summary>The row.</summary>
    public TIn Row => row;

    /// <summary>Its event time, and that of the answer.</summary>
    public EventTime Time => time;

    /// <summary>Which record it is.</summary>
    public RowPosition Position => position;

    /// <summary>The watermarks that it lies between.</summary>
    public AsyncSegment<TIn, TOut> Segment => segment;

    /// <summary>How often it was asked for.</summary>
    public int Attempts { get; set; }

    /// <summary>The attempt that is under way; null between attempts, and when it is done.</summary>
    public AsyncAttempt<TIn, TOut>? Current { get; set; }

    /// <summary>When it is given up.</summary>
    public EventTime Deadline { get; set; } = EventTime.MaxValue;

    /// <summary>Whether there is an answer or a failure.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Whether the answer has gone.</summary>
    public bool HasGone { get; set; }

    /// <summary>The answer.</summary>
    public TOut Answer { get; private set; } = default!;

    /// <summary>Why there is none.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>It has been answered, or given up.</summary>
    public void Complete(TOut answer, Exception? failure) => (Current, IsDone, Answer, Failure) = (null, true, answer, failure);
}

/// <summary>
/// One call of an asynchronous function. It runs outside of the task, which looks at <see cref="Answer"/> when it has been told of the end;
/// an attempt that has been given up answers to nobody.
/// </summary>
/// <typeparam name="TIn">What is asked for.</typeparam>
/// <typeparam name="TOut">The answer.</typeparam>
/// <param name="function">Asks.</param>
/// <param name="row">What is asked for.</param>
internal sealed class AsyncAttempt<TIn, TOut>(Func<TIn, CancellationToken, Task<TOut>> function, TIn row)
{
    // Never disposed: it has no timer, and may be cancelled while the function ends.
    private readonly CancellationTokenSource _cancellation = new();

    /// <summary>The answer, once <see cref="RunAsync"/> has succeeded.</summary>
    public TOut Answer { get; private set; } = default!;

    /// <summary>Calls the function.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration shutdown = cancellationToken.Register(_cancellation.Cancel);
        Answer = await function(row, _cancellation.Token).ConfigureAwait(false);
    }

    /// <summary>Asks the function to give up, and calls what it has registered for that.</summary>
    public void Cancel() => _cancellation.Cancel();
}

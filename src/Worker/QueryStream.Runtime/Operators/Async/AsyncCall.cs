using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;

namespace QueryStream.Runtime.Operators.Async;

/// <summary>A row and its call of an asynchronous function, until the answer is emitted. Used in turns of one task.</summary>
/// <typeparam name="TIn">The row.</typeparam>
/// <typeparam name="TOut">The answer.</typeparam>
/// <param name="row">The row.</param>
/// <param name="time">Its event time.</param>
/// <param name="position">Where the row comes from, for errors.</param>
/// <param name="segment">The control elements that it lies between.</param>
internal sealed class AsyncCall<TIn, TOut>(TIn row, EventTime time, RowPosition position, AsyncSegment<TIn, TOut> segment)
{
    /// <summary>The row.</summary>
    public TIn Row => row;

    /// <summary>Its event time, and that of the answer.</summary>
    public EventTime Time => time;

    /// <summary>Where the row comes from, for errors.</summary>
    public RowPosition Position => position;

    /// <summary>The control elements that it lies between.</summary>
    public AsyncSegment<TIn, TOut> Segment => segment;

    /// <summary>How often the function was called.</summary>
    public int Attempts { get; set; }

    /// <summary>The running attempt; null between attempts, and when the call is done.</summary>
    public AsyncAttempt<TIn, TOut>? Current { get; set; }

    /// <summary>When the call times out.</summary>
    public EventTime Deadline { get; set; } = EventTime.MaxValue;

    /// <summary>Whether there is an answer or a failure.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Whether the answer is emitted.</summary>
    public bool IsEmitted { get; set; }

    /// <summary>The answer.</summary>
    public TOut Answer { get; private set; } = default!;

    /// <summary>Why there is no answer; null if there is one.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>The call has an answer, or has failed.</summary>
    public void Complete(TOut answer, Exception? failure) => (Current, IsDone, Answer, Failure) = (null, true, answer, failure);
}

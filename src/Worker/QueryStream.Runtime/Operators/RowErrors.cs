using System.Text;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators;

/// <summary>
/// What becomes of the rows for which an operator's function throws: the task fails and names row and operator, or the row is counted by reason
/// and, where the job wants it, goes on as a dead letter. Used in turns of one task.
/// </summary>
/// <param name="context">The task.</param>
/// <param name="node">The operator's node.</param>
/// <param name="letters">Takes the dead letters.</param>
internal sealed class RowErrors(TaskContext context, StreamNode node, IInput<DeadLetter> letters) : IControlInput
{
    /// <summary>The reason of what a function threw.</summary>
    public const string FunctionFailed = "function-failed";

    /// <summary>The reason of a row without a key.</summary>
    public const string NullKey = "null-key";

    /// <summary>The reason of a row that an asynchronous function did not answer for in time.</summary>
    public const string TimedOut = "timed-out";

    private readonly RowEmitter<DeadLetter> _letters = new(letters);
    private readonly ErrorPolicy _policy = node.ErrorPolicy;

    /// <summary>Whether rows may fail without the task.</summary>
    public bool AreHandled => _policy != ErrorPolicy.Fail;

    /// <summary>For exception filters: whether the row is to be given to <see cref="Add{T}(Exception, Batch{T}, int)"/>. Otherwise the operator is blamed.</summary>
    public bool Handle(Batch batch, int row) => AreHandled || context.Blame(node.Name, batch, row);

    /// <summary>As <see cref="Handle(Batch, int)"/>, of a timer.</summary>
    public bool Handle(EventTime timer) => AreHandled || context.Blame(node.Name, PositionOf(timer));

    /// <summary>Takes a row that failed.</summary>
    public void Add<T>(Exception exception, Batch<T> batch, int row) =>
        Add(exception, batch.Rows[row], batch.Times[row], RowPosition.Of(batch, row));

    /// <summary>Takes a timer that failed.</summary>
    public void AddTimer<TKey>(Exception exception, in TKey key, EventTime timer) => Add(exception, key, timer, -1, -1, PositionOf(timer));

    /// <summary>As <see cref="Handle(Batch, int)"/>, of a row that is no longer in its batch.</summary>
    public bool Handle(in RowPosition position) => AreHandled || context.Blame(node.Name, position.Describe(context.Splits));

    /// <summary>Takes a row that is no longer in its batch.</summary>
    public void Add<T>(Exception exception, in T row, EventTime time, in RowPosition position) =>
        Add(exception, row, time, position.Split, position.Offset, position.Describe(context.Splits));

    /// <summary>Hands on the dead letters so far.</summary>
    public void Flush() => _letters.Flush();

    /// <inheritdoc/>
    public void OnControl(in Control control) => letters.OnControl(control);

    private static string PositionOf(EventTime timer) => $"in the timer of {timer}";

    private static string ReasonOf(Exception exception) => exception switch
    {
        NullKeyException => NullKey,
        FunctionTimeoutException => TimedOut,
        _ => FunctionFailed,
    };

    // Of a row only its text is sure to be there, and even that is the job's code.
    private static byte[] TextOf<T>(in T row)
    {
        try
        {
            byte[] text = Encoding.UTF8.GetBytes(row?.ToString() ?? "");
            return text.Length > DeadLetter.MaxValueBytes ? text[..DeadLetter.MaxValueBytes] : text;
        }
        catch (Exception e)
        {
            return Encoding.UTF8.GetBytes($"{typeof(T).Name} (its text: {e.GetType().Name})");
        }
    }

    private void Add<T>(Exception exception, in T row, EventTime time, int split, long offset, string position)
    {
        string reason = ReasonOf(exception);
        context.Metrics.DeadLettersOf(reason).Add(1);
        if (_policy == ErrorPolicy.DeadLetter)
        {
            string detail = $"{exception.GetType().Name}: {exception.Message} ({position})";
            byte[] text = TextOf(row);
            _letters.Emit(new DeadLetter(node.Name, split, offset, reason, detail, text), time, text.Length);
        }
    }
}

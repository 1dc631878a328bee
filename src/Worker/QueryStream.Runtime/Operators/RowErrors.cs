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
/// <param name="receivers">The names of the operators that they go to.</param>
internal sealed class RowErrors(TaskContext context, StreamNode node, IInput<DeadLetter> letters, string receivers) : IControlInput
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

    /// <summary>For exception filters: whether the row is to be given to <see cref="Add{T}(Exception, Batch{T}, int, string)"/>. Otherwise the operator is blamed.</summary>
    /// <param name="batch">The row's batch.</param>
    /// <param name="row">The row.</param>
    /// <param name="keys">Tells its key; null where it has none.</param>
    public bool Handle<T>(Batch<T> batch, int row, IKeyText<T>? keys = null) => AreHandled || context.Blame(node.Name, batch, row, keys?.KeyOf(batch.Rows[row]));

    /// <summary>As <see cref="Handle{T}(Batch{T}, int, IKeyText{T})"/>, of what is no row, such as a timer.</summary>
    public bool Handle(string position) => AreHandled || context.Blame(node.Name, position);

    /// <summary>Takes a row that failed.</summary>
    public void Add<T>(Exception exception, Batch<T> batch, int row, string? key = null) =>
        Add(exception, batch.Rows[row], batch.Times[row], batch.Origin.At(row), () => context.Rows.At(batch, row, key));

    /// <summary>Takes a timer that failed.</summary>
    public void AddTimer<TKey>(Exception exception, in TKey key, EventTime timer, string position) => Add(exception, key, timer, null, () => position);

    /// <summary>As <see cref="Handle{T}(Batch{T}, int, IKeyText{T})"/>, of a row that is no longer in its batch.</summary>
    public bool Handle<T>(in T row, EventTime time, in RowPosition position) => AreHandled || context.Blame(node.Name, context.Rows.At(row, time, position));

    /// <summary>Takes a row that is no longer in its batch.</summary>
    public void Add<T>(Exception exception, T row, EventTime time, RowPosition position) =>
        Add(exception, row, time, position.Record, () => context.Rows.At(row, time, position));

    /// <summary>Fails the task, whatever the policy is. On any thread.</summary>
    public void FailTask(Exception exception) => context.Fail(node.Name, exception);

    /// <summary>Hands on the dead letters so far.</summary>
    public void Flush() => _letters.Flush();

    /// <inheritdoc/>
    public void OnControl(in Control control) => letters.OnControl(control);

    private static string ReasonOf(Exception exception) => exception switch
    {
        NullKeyException => NullKey,
        FunctionTimeoutException => TimedOut,
        _ => FunctionFailed,
    };

    // Of a row only its text is sure to be there.
    private static byte[] TextOf<T>(in T row)
    {
        byte[] text = Encoding.UTF8.GetBytes(RowText.Of(row, DeadLetter.MaxValueBytes));
        return text.Length > DeadLetter.MaxValueBytes ? text[..DeadLetter.MaxValueBytes] : text;
    }

    private void Add<T>(Exception exception, in T row, EventTime time, OriginRun? record, Func<string> position)
    {
        string reason = ReasonOf(exception);
        context.Metrics.DeadLettersOf(reason).Add(1);
        if (_policy != ErrorPolicy.DeadLetter && context.Metrics.HasExampleOf(reason))
        {
            return;
        }

        string detail = $"{new RowFailedException(position(), exception).Message} in {node.Name} ({context.Deployment.Subtask + 1}/{context.Deployment.Vertex.Parallelism})";
        context.Metrics.AddExample(reason, $"{detail}{receivers}");
        if (_policy == ErrorPolicy.DeadLetter)
        {
            byte[] text = TextOf(row);
            long offset = record is { IsLine: false } at ? at.First : -1;
            _letters.Emit(new DeadLetter(node.Name, record?.Index ?? -1, offset, reason, detail, text), time, text.Length);
        }
    }
}

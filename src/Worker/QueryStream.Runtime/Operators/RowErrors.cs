using System.Text;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators;

/// <summary>
/// What happens to a row for which an operator's function throws: the task fails, or the row is counted by reason and, if the job wants it,
/// emitted as a dead letter. Used in turns of one task.
/// </summary>
/// <param name="context">The task.</param>
/// <param name="node">The operator's node.</param>
/// <param name="letters">Takes the dead letters.</param>
/// <param name="receivers">The names of the operators that consume them.</param>
internal sealed class RowErrors(TaskContext context, StreamNode node, IInput<DeadLetter> letters, string receivers) : IControlInput
{
    /// <summary>The reason of a row for which a function threw.</summary>
    public const string FunctionFailed = "function-failed";

    /// <summary>The reason of a row without a key.</summary>
    public const string NullKey = "null-key";

    /// <summary>The reason of a row for which an asynchronous function did not answer in time.</summary>
    public const string TimedOut = "timed-out";

    private readonly RowEmitter<DeadLetter> _letters = new(letters, counts: null);
    private readonly OperatorRows _counts = context.Ledger.Of(node);
    private readonly ErrorPolicy _policy = node.ErrorPolicy;

    /// <summary>Whether a row may fail without failing the task; <c>Add</c> then takes what the function has thrown.</summary>
    public bool AreHandled => _policy != ErrorPolicy.Fail;

    /// <summary>Adds a row that failed.</summary>
    public void Add<T>(Exception exception, Batch<T> batch, int row, string? key = null)
    {
        _counts.DeadLettered++;
        Add(exception, batch.Rows[row], batch.Times[row], batch.Origin.At(row), () => context.Rows.At(batch, row, key));
    }

    /// <summary>Adds a timer that failed. It does not count in the ledger, since the rows that set it are counted already.</summary>
    public void AddTimer<TKey>(Exception exception, in TKey key, EventTime timer, string position) =>
        Add(exception, key, timer, null, () => position);

    /// <summary>Adds a failed row that is no longer in its batch.</summary>
    public void Add<T>(Exception exception, T row, EventTime time, RowPosition position)
    {
        _counts.DeadLettered++;
        Add(exception, row, time, position.Record, () => context.Rows.At(row, time, position));
    }

    /// <summary>Fails the task, whatever the policy is. Safe on any thread.</summary>
    public void FailTask(Exception exception) => context.Io.Fail(node.Name, exception);

    /// <summary>Emits the dead letters so far.</summary>
    public void Flush() => _letters.Flush();

    /// <inheritdoc/>
    public void OnControl(in Control control) => letters.OnControl(control);

    private static string ReasonOf(Exception exception) => exception switch
    {
        NullKeyException => NullKey,
        FunctionTimeoutException => TimedOut,
        _ => FunctionFailed,
    };

    // Any row has a text form.
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

        string subtask = $"{context.Deployment.Subtask + 1}/{context.Deployment.Vertex.Parallelism}";
        string detail = $"{new RowFailedException(position(), exception).Message} in {node.Name} ({subtask})";
        context.Metrics.AddExample(reason, $"{detail}{receivers}");
        if (_policy == ErrorPolicy.DeadLetter)
        {
            byte[] text = TextOf(row);
            long offset = record is { IsLine: false } at ? at.First : -1;
            _letters.Emit(new DeadLetter(node.Name, record?.Index ?? -1, offset, reason, detail, text), time, text.Length);
        }
    }
}

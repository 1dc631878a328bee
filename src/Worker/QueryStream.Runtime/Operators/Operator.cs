using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators;

/// <summary>An operator with one input.</summary>
/// <typeparam name="T">The rows of the input.</typeparam>
internal abstract class Operator<T> : IInput<T>, IAttributable
{
    /// <summary>Creates an operator.</summary>
    /// <param name="context">The task.</param>
    /// <param name="node">The operator's definition.</param>
    /// <param name="passesRows">Whether each row out is a row in.</param>
    protected Operator(TaskContext context, StreamNode node, bool passesRows)
    {
        Context = context;
        Name = node.Name;
        Counts = context.Ledger.Of(node);
        Counts.PassesRows = passesRows;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The task.</summary>
    protected TaskContext Context { get; }

    /// <summary>Counts rows by outcome.</summary>
    protected OperatorRows Counts { get; }

    /// <inheritdoc/>
    public void OnBatch(Batch<T> batch)
    {
        IAttributable? caller = Context.Attribution.Enter(this);
        Counts.In += batch.Count;
        Process(batch);
        Context.Attribution.Leave(caller);
    }

    /// <inheritdoc/>
    public abstract void OnControl(in Control control);

    /// <inheritdoc/>
    public virtual string? DescribePosition() => null;

    /// <summary>Processes a batch, which is borrowed for the call.</summary>
    protected abstract void Process(Batch<T> batch);
}

/// <summary>An operator that calls a function of the job for one row after the other.</summary>
/// <typeparam name="T">The rows of the input.</typeparam>
/// <param name="context">The task.</param>
/// <param name="node">The operator's definition.</param>
/// <param name="passesRows">Whether each row out is a row in.</param>
internal abstract class RowOperator<T>(TaskContext context, StreamNode node, bool passesRows) : Operator<T>(context, node, passesRows)
{
    private Batch<T>? _batch;
    private int _row;

    /// <inheritdoc/>
    public override string? DescribePosition() => _batch is { } batch && _row < batch.Count ? Context.Rows.At(batch, _row, key: null) : null;

    /// <inheritdoc/>
    protected sealed override void Process(Batch<T> batch)
    {
        (_batch, _row) = (batch, 0);
        Process(batch, ref _row);
        _batch = null;
    }

    /// <summary>Processes a batch.</summary>
    /// <param name="batch">The batch, borrowed for the call.</param>
    /// <param name="row">
    /// The index of the row that the function is called for, from 0; errors name that row. It is the number of rows when the function is no longer
    /// called.
    /// </param>
    protected abstract void Process(Batch<T> batch, ref int row);
}

using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators;

/// <summary>
/// An operator that calls a function of the job, which may emit any number of rows for each row. It has one queue for all of its ports, processes
/// rows in portions, and handles rows for which the function throws. Used in turns of one task.
/// </summary>
internal abstract class FunctionOperator : IControlInput, IQueueOwner
{
    // The number of full batches that a portion emits, which takes about a millisecond.
    private const int BatchesPerPortion = 8;

    private readonly InputQueue _queue;
    private readonly IFunctionOutputs _outputs;

    // Read for each row.
    private readonly bool _handlesErrors;
    private int _flushed;

    // The batch that is being processed, and the index of its row; null while timers are processed.
    private Batch? _batch;
    private int _row;

    // The port that is calling the function; null between calls.
    private Port? _caller;

    protected FunctionOperator(TaskContext context, StreamNode node, IFunctionOutputs outputs)
    {
        Context = context;
        Name = node.Name;
        Counts = context.Ledger.Of(node);
        _outputs = outputs;
        _handlesErrors = outputs.Errors.AreHandled;
        _queue = new InputQueue(context, this);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The operator's place in the chain.</summary>
    protected int Place => _queue.Place;

    /// <summary>The task.</summary>
    protected TaskContext Context { get; }

    /// <summary>Counts rows by outcome. The function takes all rows except late ones and those for which it throws.</summary>
    protected OperatorRows Counts { get; }

    /// <summary>Handles rows for which the function throws.</summary>
    protected RowErrors Errors => _outputs.Errors;

    /// <inheritdoc/>
    public virtual void OnControl(in Control control) => _queue.Add(control);

    /// <inheritdoc/>
    public virtual bool HasWork(in Control control) => false;

    /// <inheritdoc/>
    public virtual void ProcessPortion(in Control control)
    {
    }

    /// <inheritdoc/>
    public virtual void Forward(in Control control) => _outputs.OnControl(control);

    /// <inheritdoc/>
    public virtual string? DescribePosition() => _caller?.DescribeRow();

    /// <summary>Begins a portion of rows or timers.</summary>
    protected virtual void BeginPortion()
    {
        _flushed = 0;
        _outputs.IsOpen = true;
    }

    /// <summary>Called when the function threw for a row or timer that does not fail the task.</summary>
    protected virtual void AbortRow() => _outputs.Rollback();

    /// <summary>Ends a portion: sends what was emitted.</summary>
    /// <param name="rows">The number of rows of the portion.</param>
    protected virtual void EndPortion(int rows)
    {
        _outputs.IsOpen = false;
        _outputs.Flush(_batch);
        _batch = null;
    }

    /// <summary>Called before the function, if it may throw without failing the task.</summary>
    protected void Mark() => _outputs.Mark();

    /// <summary>Sends full batches. Called between rows, never while the function runs.</summary>
    /// <returns>Whether the portion is large enough.</returns>
    protected bool FlushFull()
    {
        if (!_outputs.HasFull)
        {
            return false;
        }

        _outputs.Flush(_batch);
        return ++_flushed >= BatchesPerPortion || Context.Budget.ChannelsOverLimit > 0;
    }

    /// <summary>A port of the operator, without its row type.</summary>
    protected abstract class Port
    {
        /// <summary>Describes the row for which the function has thrown.</summary>
        public abstract string? DescribeRow();
    }

    /// <summary>A port of the operator.</summary>
    /// <typeparam name="T">Its rows.</typeparam>
    /// <param name="owner">The operator.</param>
    protected abstract class Port<T>(FunctionOperator owner) : Port, IInput<T>, IResumableInput<T>
    {
        public void OnControl(in Control control) => owner.OnControl(control);

        public void OnBatch(Batch<T> batch)
        {
            owner.Counts.In += batch.Count;
            owner._queue.Add(this, batch);
        }

        public int ProcessFrom(Batch<T> batch, int row)
        {
            owner.BeginPortion();
            long refused = owner.Counts.Refused;
            (owner._batch, owner._row) = (batch, row);
            while (owner._row < batch.Count)
            {
                CallForRows(batch);
                if (owner.FlushFull())
                {
                    break;
                }
            }

            owner.Counts.Absorbed += owner._row - row - (owner.Counts.Refused - refused);
            owner.EndPortion(owner._row - row);
            return owner._row;
        }

        public override string? DescribeRow()
        {
            Batch<T> batch = (Batch<T>)owner._batch!;
            return owner.Context.Rows.At(batch, owner._row, KeyOf(batch.Rows[owner._row]));
        }

        /// <summary>The text of a row's key, for errors; null if it has none, or it cannot be taken.</summary>
        protected virtual string? KeyOf(in T row) => null;

        /// <summary>
        /// Calls the function for rows, in order, until an output has a full batch. Checked for each row, so not through an interface.
        /// </summary>
        /// <param name="batch">The rows.</param>
        /// <param name="row">
        /// The index of the first row; then that of the row that the function is called for, which errors name; at the end that of the next row.
        /// </param>
        protected abstract void Call(Batch<T> batch, ref int row);

        private void CallForRows(Batch<T> batch)
        {
            owner._caller = this;
            try
            {
                Call(batch, ref owner._row);
            }
            catch (Exception e) when (owner._handlesErrors)
            {
                owner.AbortRow();
                owner.Errors.Add(e, batch, owner._row, KeyOf(batch.Rows[owner._row]));
                owner._row++;
            }

            owner._caller = null;
        }

        /// <summary>Called before the function is called for a row.</summary>
        protected void BeginRow()
        {
            if (owner._handlesErrors)
            {
                owner.Mark();
            }
        }
    }
}

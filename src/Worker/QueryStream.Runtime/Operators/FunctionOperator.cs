using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Operators;

/// <summary>
/// An operator that calls a function of the job which may emit any number of rows: one queue for all that comes, portions, and what becomes of
/// rows that the function throws for. Used in turns of one task.
/// </summary>
internal abstract class FunctionOperator : IControlInput, IControlledOperator
{
    // Full batches that a portion hands on; about a millisecond's worth.
    private const int BatchesPerPortion = 8;

    private readonly ControlQueue _queue;
    private readonly IFunctionOutputs _outputs;
    private int _flushed;

    // Of the batch that is being processed; null while it is timers.
    private Batch? _batch;

    protected FunctionOperator(TaskContext context, StreamNode node, IFunctionOutputs outputs)
    {
        Context = context;
        Name = node.Name;
        _outputs = outputs;
        _queue = new ControlQueue(context, this);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Where it stands in the chain.</summary>
    protected int Place => _queue.Place;

    /// <summary>The task.</summary>
    protected TaskContext Context { get; }

    /// <summary>What becomes of rows that the function throws for.</summary>
    protected RowErrors Errors => _outputs.Errors;

    /// <inheritdoc/>
    public virtual void OnControl(in Control control) => _queue.Add(control);

    /// <inheritdoc/>
    public virtual bool HasWork(in Control control) => false;

    /// <inheritdoc/>
    public virtual void DoSome(in Control control)
    {
    }

    /// <inheritdoc/>
    public virtual void Forward(in Control control) => _outputs.OnControl(control);

    /// <summary>Begins a portion of rows or timers.</summary>
    protected virtual void BeginPortion()
    {
        _flushed = 0;
        _outputs.IsOpen = true;
    }

    /// <summary>Called when the function threw for a row or timer that does not fail the task.</summary>
    protected virtual void AbortRow() => _outputs.Rollback();

    /// <summary>Ends a portion: hands on what was emitted.</summary>
    /// <param name="rows">How many rows it had.</param>
    protected virtual void EndPortion(int rows)
    {
        _outputs.IsOpen = false;
        _outputs.Flush(_batch);
        _batch = null;
    }

    /// <summary>Called before the function, where it may throw without failing the task.</summary>
    protected void Mark() => _outputs.Mark();

    /// <summary>Hands on full batches. Called between rows, not while the function runs.</summary>
    /// <returns>Whether enough was done for one portion.</returns>
    protected bool FlushFull()
    {
        if (!_outputs.HasFull)
        {
            return false;
        }

        _outputs.Flush(_batch);
        return ++_flushed >= BatchesPerPortion || Context.Budget.ChannelsOverLimit > 0;
    }

    /// <summary>One port of the operator.</summary>
    /// <typeparam name="T">Its rows.</typeparam>
    /// <param name="owner">The operator.</param>
    protected abstract class Port<T>(FunctionOperator owner) : IInput<T>, IPortionedInput<T>, IKeyText<T>
    {
        public void OnControl(in Control control) => owner.OnControl(control);

        public void OnBatch(Batch<T> batch)
        {
            try
            {
                owner._queue.Add(this, batch);
            }
            catch (Exception) when (owner.Context.Blame(owner.Name))
            {
                // Blame never catches: it only notes the name, innermost operator first.
                throw;
            }
        }

        public int ProcessFrom(Batch<T> batch, int row)
        {
            owner.BeginPortion();
            owner._batch = batch;
            int next = row;
            while (next < batch.Count)
            {
                next = owner.Errors.AreHandled ? CallMarked(batch, next) : CallPlainly(batch, next);
                if (owner.FlushFull())
                {
                    break;
                }
            }

            owner.EndPortion(next - row);
            return next;
        }

        public virtual string? KeyOf(in T row) => null;

        /// <summary>Calls the function for rows, in their order, until an output has a full batch.</summary>
        /// <param name="batch">The rows.</param>
        /// <param name="next">The index of the next row; kept up to date, also where the function throws.</param>
        protected abstract void Call(Batch<T> batch, ref int next);

        private int CallPlainly(Batch<T> batch, int row)
        {
            int next = row;
            try
            {
                Call(batch, ref next);
            }
            catch (Exception) when (owner.Errors.Handle(batch, next, this))
            {
                // Never caught: the filter only notes where it was.
                throw;
            }

            return next;
        }

        private int CallMarked(Batch<T> batch, int row)
        {
            int next = row;
            try
            {
                Call(batch, ref next);
            }
            catch (Exception e) when (owner.Errors.Handle(batch, next, this))
            {
                owner.AbortRow();
                owner.Errors.Add(e, batch, next, KeyOf(batch.Rows[next]));
                next++;
            }

            return next;
        }

        /// <summary>Whether rows may go on being handed to the function.</summary>
        protected bool MayGoOn => !owner._outputs.HasFull;

        /// <summary>Called before each row, by those who may be asked to take it back.</summary>
        protected void BeginRow()
        {
            if (owner.Errors.AreHandled)
            {
                owner.Mark();
            }
        }
    }
}

using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;

namespace QueryStream.Runtime.Operators;

/// <summary>Work that a timer starts, in portions. Used in turns of one task.</summary>
/// <param name="context">The task.</param>
/// <param name="owner">The operator.</param>
/// <param name="place">The operator's place in the chain.</param>
/// <param name="processPortion">Does about a batch of work. Returns whether there is more to do.</param>
internal sealed class TimerWork(TaskContext context, IStatefulOperator owner, int place, Func<bool> processPortion) : IResumable
{
    private bool _isPending;

    /// <inheritdoc/>
    public IAttributable Operator => owner;

    /// <inheritdoc/>
    public int Place => place;

    /// <summary>Starts the work, unless it is in progress: the timer may fire again while full outputs stop the operator.</summary>
    public void Begin()
    {
        if (!_isPending)
        {
            _isPending = true;
            context.Work.DeferExternal(this, owner);
        }
    }

    /// <inheritdoc/>
    public bool Resume()
    {
        _isPending = processPortion();
        return !_isPending;
    }
}

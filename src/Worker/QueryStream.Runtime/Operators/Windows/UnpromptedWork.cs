using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;

namespace QueryStream.Runtime.Operators.Windows;

/// <summary>Work of an operator that a timer asks for, in portions. Used in turns of one task.</summary>
/// <param name="context">The task.</param>
/// <param name="owner">The operator, which is blamed for what is thrown.</param>
/// <param name="place">Where it stands in the chain.</param>
/// <param name="giveSome">Does a portion; says whether there is more to do.</param>
internal sealed class UnpromptedWork(TaskContext context, IStatefulOperator owner, int place, Func<bool> giveSome) : IResumable
{
    private bool _isPending;

    /// <inheritdoc/>
    public int Place => place;

    /// <summary>Has the work done. Once, however often the timer has come while full outputs held everything back.</summary>
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
        try
        {
            _isPending = giveSome();
            return !_isPending;
        }
        catch (Exception) when (context.Blame(owner.Name))
        {
            // Blame never catches: it only notes the name, innermost operator first.
            throw;
        }
    }
}

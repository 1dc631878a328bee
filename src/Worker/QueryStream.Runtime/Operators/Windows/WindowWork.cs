using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators.Windows;

/// <summary>Kinds of work that wait in a window operator.</summary>
internal enum WindowWorkKind
{
    /// <summary>A control element, and the results that go before it.</summary>
    Control,

    /// <summary>Partial results of open windows, because a timer or a full table asks for them.</summary>
    Flush,

    /// <summary>Results of closed windows that late rows have changed.</summary>
    Late,
}

/// <summary>What a window operator has yet to do, in order.</summary>
/// <param name="Kind">The kind of work.</param>
/// <param name="Control">Of <see cref="WindowWorkKind.Control"/>: the element.</param>
internal readonly record struct WindowWork(WindowWorkKind Kind, Control Control = default)
{
    /// <summary>Forwards an element, behind the results that it makes due.</summary>
    public static WindowWork Of(in Control control) => new(WindowWorkKind.Control, control);
}

/// <summary>Work that a timer starts, in portions. Used in turns of one task.</summary>
/// <param name="context">The task.</param>
/// <param name="owner">The operator, which errors name.</param>
/// <param name="place">The operator's place in the chain.</param>
/// <param name="doPortion">Does a portion; returns whether there is more to do.</param>
internal sealed class TimerWork(TaskContext context, IStatefulOperator owner, int place, Func<bool> doPortion) : IResumable
{
    private bool _isPending;

    /// <inheritdoc/>
    public int Place => place;

    /// <summary>Has the work done. Only once, even where the timer fires again while full outputs hold it up.</summary>
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
            _isPending = doPortion();
            return !_isPending;
        }
        catch (Exception) when (context.Blame(owner.Name))
        {
            // The filter notes the operator and never catches.
            throw;
        }
    }
}

using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators;

/// <summary>
/// Keeps control elements in order behind work that takes more than one turn: what a watermark sets off may be a million results, and nothing
/// may overtake them. An operator has one; the task takes no input while something is queued. Used in turns of one task.
/// </summary>
/// <param name="context">The task.</param>
/// <param name="owner">The operator.</param>
internal sealed class ControlQueue(TaskContext context, IControlledOperator owner) : IResumable
{
    private readonly Queue<Control> _controls = new();

    /// <summary>Takes an element: it goes on at once where there is nothing to do for it and nothing before it.</summary>
    public void Add(in Control control)
    {
        if (_controls.Count == 0 && !owner.HasWork(control))
        {
            owner.Forward(control);
            return;
        }

        _controls.Enqueue(control);
        if (_controls.Count == 1)
        {
            context.Defer(this);
        }
    }

    /// <inheritdoc/>
    public bool Resume()
    {
        try
        {
            Control control = _controls.Peek();
            if (owner.HasWork(control))
            {
                owner.DoSome(control);
                return false;
            }

            _controls.Dequeue();
            owner.Forward(control);
            return _controls.Count == 0;
        }
        catch (Exception) when (context.Blame(owner.Name))
        {
            // Blame never catches: it only notes the name, innermost operator first.
            throw;
        }
    }
}

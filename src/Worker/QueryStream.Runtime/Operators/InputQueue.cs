using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators;

/// <summary>
/// Keeps the input of an operator in order while work takes more than one turn: a watermark may fire a million windows, and one batch may
/// become a million rows. An operator has one queue for all of its ports; the task takes no input while something is queued. Used in turns of one
/// task.
/// </summary>
internal sealed class InputQueue : IResumable
{
    private readonly Queue<Item> _items = new();
    private readonly TaskContext _context;
    private readonly IQueueOwner _owner;

    /// <summary>Creates an empty queue.</summary>
    /// <param name="context">The task.</param>
    /// <param name="owner">The operator.</param>
    public InputQueue(TaskContext context, IQueueOwner owner)
    {
        _context = context;
        _owner = owner;
        Place = context.Work.NextPlace();
        context.OnClose.Add(Drop);
    }

    /// <inheritdoc/>
    public int Place { get; }

    /// <inheritdoc/>
    public IAttributable Operator => _owner;

    /// <summary>Adds a control element. It is forwarded at once if there is no earlier work.</summary>
    public void Add(in Control control)
    {
        if (_items.Count > 0 || _owner.HasWork(control))
        {
            Enqueue(new Item(control, null));
            return;
        }

        IAttributable? caller = _context.Attribution.Enter(_owner);
        _owner.Forward(control);
        _context.Attribution.Leave(caller);
    }

    /// <summary>Adds a batch. One portion of its rows is processed at once, the others later.</summary>
    public void Add<T>(IResumableInput<T> input, Batch<T> batch)
    {
        int next = 0;
        if (_items.Count == 0)
        {
            IAttributable? caller = _context.Attribution.Enter(_owner);
            next = input.ProcessFrom(batch, 0);
            _context.Attribution.Leave(caller);
            if (next == batch.Count)
            {
                return;
            }
        }

        batch.Retain();
        Enqueue(new Item(default, new BatchWork<T>(input, batch, next)));
    }

    /// <summary>Adds work that must be done before everything that is added later.</summary>
    /// <param name="processPortion">Does about a batch of it. Returns whether there is more to do.</param>
    public void Add(Func<bool> processPortion) => Enqueue(new Item(default, new OperatorWork(processPortion)));

    /// <inheritdoc/>
    public bool Resume()
    {
        Item item = _items.Peek();
        if (ProcessPortion(item))
        {
            return false;
        }

        _items.Dequeue();
        if (item.Work is null)
        {
            _owner.Forward(item.Control);
        }

        return _items.Count == 0;
    }

    // Returns whether the item has more work.
    private bool ProcessPortion(in Item item)
    {
        if (item.Work is { } work)
        {
            return work.ProcessPortion();
        }

        if (!_owner.HasWork(item.Control))
        {
            return false;
        }

        _owner.ProcessPortion(item.Control);
        return true;
    }

    private void Enqueue(Item item)
    {
        _items.Enqueue(item);
        if (_items.Count == 1)
        {
            _context.Work.Defer(this);
        }
    }

    private void Drop()
    {
        while (_items.TryDequeue(out Item item))
        {
            item.Work?.Drop();
        }
    }

    private readonly record struct Item(Control Control, QueuedWork? Work);

    private abstract class QueuedWork
    {
        /// <summary>Does about a batch of work.</summary>
        /// <returns>Whether there is more to do.</returns>
        public abstract bool ProcessPortion();

        public virtual void Drop()
        {
        }
    }

    private sealed class OperatorWork(Func<bool> processPortion) : QueuedWork
    {
        public override bool ProcessPortion() => processPortion();
    }

    private sealed class BatchWork<T>(IResumableInput<T> input, Batch<T> batch, int next) : QueuedWork
    {
        private int _next = next;

        public override bool ProcessPortion()
        {
            _next = input.ProcessFrom(batch, _next);
            if (_next < batch.Count)
            {
                return true;
            }

            Drop();
            return false;
        }

        public override void Drop() => batch.Release();
    }
}

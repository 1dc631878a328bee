using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators;

/// <summary>
/// Keeps what comes in order behind work that takes more than one turn: what a watermark sets off may be a million results, one batch may
/// become a million rows, and nothing may overtake them. An operator has one for all of its ports; the task takes no input while something is
/// queued. Used in turns of one task.
/// </summary>
internal sealed class ControlQueue : IResumable
{
    private readonly Queue<Item> _items = new();
    private readonly TaskContext _context;
    private readonly IControlledOperator _owner;

    /// <summary>Creates an empty queue.</summary>
    /// <param name="context">The task.</param>
    /// <param name="owner">The operator.</param>
    public ControlQueue(TaskContext context, IControlledOperator owner)
    {
        _context = context;
        _owner = owner;
        Place = context.Work.NextPlace();
        context.OnClose.Add(Drop);
    }

    /// <inheritdoc/>
    public int Place { get; }

    /// <summary>Takes an element: it goes on at once where there is nothing to do for it and nothing before it.</summary>
    public void Add(in Control control)
    {
        if (_items.Count == 0 && !_owner.HasWork(control))
        {
            _owner.Forward(control);
            return;
        }

        Enqueue(new Item(control, null));
    }

    /// <summary>Takes a batch: as many of its rows as a portion has are processed at once, the others later.</summary>
    public void Add<T>(IPortionedInput<T> input, Batch<T> batch)
    {
        int next = 0;
        if (_items.Count == 0)
        {
            next = input.ProcessFrom(batch, 0);
            if (next == batch.Count)
            {
                return;
            }
        }

        batch.Retain();
        Enqueue(new Item(default, new Rest<T>(input, batch, next)));
    }

    /// <inheritdoc/>
    public bool Resume()
    {
        try
        {
            Item item = _items.Peek();
            if (item.Rest is { } rest)
            {
                if (rest.Resume())
                {
                    _items.Dequeue();
                }

                return _items.Count == 0;
            }

            if (_owner.HasWork(item.Control))
            {
                _owner.DoSome(item.Control);
                return false;
            }

            _items.Dequeue();
            _owner.Forward(item.Control);
            return _items.Count == 0;
        }
        catch (Exception) when (_context.Blame(_owner.Name))
        {
            // Blame never catches: it only notes the name, innermost operator first.
            throw;
        }
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
            item.Rest?.Drop();
        }
    }

    private readonly record struct Item(Control Control, Rest? Rest);

    /// <summary>A batch that is not done with.</summary>
    private abstract class Rest
    {
        public abstract bool Resume();

        public abstract void Drop();
    }

    private sealed class Rest<T>(IPortionedInput<T> input, Batch<T> batch, int next) : Rest
    {
        private int _next = next;

        public override bool Resume()
        {
            _next = input.ProcessFrom(batch, _next);
            if (_next < batch.Count)
            {
                return false;
            }

            Drop();
            return true;
        }

        public override void Drop() => batch.Release();
    }
}

/// <summary>An operator for which control elements may mean work in portions, through a <see cref="ControlQueue"/>.</summary>
internal interface IControlledOperator
{
    /// <summary>What people see.</summary>
    string Name { get; }

    /// <summary>Whether something is to be done before the element may go on.</summary>
    bool HasWork(in Control control);

    /// <summary>Does about a batch of that.</summary>
    void DoSome(in Control control);

    /// <summary>Takes note of the element and hands it on; before a barrier goes on, a stateful operator is captured.</summary>
    void Forward(in Control control);
}

/// <summary>Takes rows whose results may be many more than they: in portions, through a <see cref="ControlQueue"/>.</summary>
/// <typeparam name="T">The rows.</typeparam>
internal interface IPortionedInput<T>
{
    /// <summary>Handles rows from an index on, until about as many results have gone on as a turn has time for.</summary>
    /// <returns>The index of the first row that was not handled.</returns>
    int ProcessFrom(Batch<T> batch, int row);
}

/// <summary>An operator with more to do than fits a turn. Until it is done the task takes no input.</summary>
internal interface IResumable
{
    /// <summary>Where it stands in the chain, see <c>DeferredWork.NextPlace</c>. 0: nowhere, so that nobody holds it up.</summary>
    int Place => 0;

    /// <summary>Does about a batch of work. Called while no output is over its limit.</summary>
    /// <returns>Whether it is done.</returns>
    bool Resume();
}

using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators.Async;

/// <summary>Rows between two control elements, and the element that ends them, once it has come. Used in turns of one task.</summary>
/// <typeparam name="TIn">The rows.</typeparam>
/// <typeparam name="TOut">The answers.</typeparam>
internal sealed class AsyncSegment<TIn, TOut>
{
    private Queue<AsyncCall<TIn, TOut>> _rows = new();

    /// <summary>The rows whose answers have not gone, in the order in which they came, and some of those whose answers have.</summary>
    public IEnumerable<AsyncCall<TIn, TOut>> Rows => _rows;

    /// <summary>Rows that are done, in the order in which that happened; used where the order does not count.</summary>
    public Queue<AsyncCall<TIn, TOut>> Done { get; } = new();

    /// <summary>The number of rows whose answers have not gone.</summary>
    public int Open { get; private set; }

    /// <summary>What ends the segment; null as long as it is the last one.</summary>
    public Control? End { get; set; }

    /// <summary>Adds a row.</summary>
    public void Add(AsyncCall<TIn, TOut> call)
    {
        _rows.Enqueue(call);
        Open++;
    }

    /// <summary>Takes the next row whose answer can go.</summary>
    public bool TryTake(bool isOrdered, out AsyncCall<TIn, TOut> call)
    {
        bool found = isOrdered ? _rows.TryPeek(out call!) && call.IsDone : Done.TryDequeue(out call!);
        if (found)
        {
            call.HasGone = true;
            Open--;
            DropGone();
        }

        return found;
    }

    /// <summary>Whether <see cref="TryTake"/> would find one.</summary>
    public bool HasReady(bool isOrdered) => isOrdered ? _rows.TryPeek(out AsyncCall<TIn, TOut>? first) && first.IsDone : Done.Count > 0;

    // Behind a slow one those may pile up that have gone before it.
    private void DropGone()
    {
        while (_rows.TryPeek(out AsyncCall<TIn, TOut>? first) && first.HasGone)
        {
            _rows.Dequeue();
        }

        if (_rows.Count > 64 && _rows.Count > 4 * Open)
        {
            _rows = new Queue<AsyncCall<TIn, TOut>>(_rows.Where(row => !row.HasGone));
        }
    }
}

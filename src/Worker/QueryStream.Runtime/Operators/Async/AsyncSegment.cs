using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators.Async;

/// <summary>The rows between two control elements, and the element that follows them, once it has come. Used in turns of one task.</summary>
/// <typeparam name="TIn">The rows.</typeparam>
/// <typeparam name="TOut">The answers.</typeparam>
internal sealed class AsyncSegment<TIn, TOut>
{
    private Queue<AsyncCall<TIn, TOut>> _rows = new();

    /// <summary>The rows whose answers are not emitted, in order of arrival, and some rows whose answers are.</summary>
    public IEnumerable<AsyncCall<TIn, TOut>> Rows => _rows;

    /// <summary>Rows that are done, in the order of their answers; used if the order of the rows does not matter.</summary>
    public Queue<AsyncCall<TIn, TOut>> Done { get; } = new();

    /// <summary>The number of rows whose answers are not emitted.</summary>
    public int Open { get; private set; }

    /// <summary>The element that ends the segment; null while the segment is the last one.</summary>
    public Control? End { get; set; }

    /// <summary>Adds a row.</summary>
    public void Add(AsyncCall<TIn, TOut> call)
    {
        _rows.Enqueue(call);
        Open++;
    }

    /// <summary>Takes the next row whose answer can be emitted.</summary>
    public bool TryTake(bool isOrdered, out AsyncCall<TIn, TOut> call)
    {
        bool found = isOrdered ? _rows.TryPeek(out call!) && call.IsDone : Done.TryDequeue(out call!);
        if (found)
        {
            call.IsEmitted = true;
            Open--;
            DropEmitted();
        }

        return found;
    }

    /// <summary>Whether <see cref="TryTake"/> would find one.</summary>
    public bool HasReady(bool isOrdered) => isOrdered ? _rows.TryPeek(out AsyncCall<TIn, TOut>? first) && first.IsDone : Done.Count > 0;

    // While the first call is slow, many later rows may have emitted answers.
    private void DropEmitted()
    {
        while (_rows.TryPeek(out AsyncCall<TIn, TOut>? first) && first.IsEmitted)
        {
            _rows.Dequeue();
        }

        if (_rows.Count > 64 && _rows.Count > 4 * Open)
        {
            _rows = new Queue<AsyncCall<TIn, TOut>>(_rows.Where(row => !row.IsEmitted));
        }
    }
}

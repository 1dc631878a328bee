using QueryStream.Core.Time;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators;

/// <summary>Collects rows that a function emits one by one into batches. Used in turns of one task.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="output">Takes the batches.</param>
internal sealed class RowEmitter<T>(IInput<T> output) : IEmitter
{
    private readonly List<Batch<T>> _full = [];
    private Batch<T>? _batch;
    private int _markedFull;
    private int _markedCount;
    private long _markedBytes;

    /// <inheritdoc/>
    public bool HasFull => _full.Count > 0;

    /// <summary>Adds a row.</summary>
    public void Emit(in T row, EventTime time, int payloadBytes = 0)
    {
        _batch ??= Batch<T>.Rent();
        _batch.Add(row, time, payloadBytes);
        if (_batch.IsFull)
        {
            _full.Add(_batch);
            _batch = null;
        }
    }

    /// <inheritdoc/>
    public void Mark()
    {
        _markedFull = _full.Count;
        _markedCount = _batch?.Count ?? 0;
        _markedBytes = _batch?.Bytes ?? 0;
    }

    /// <inheritdoc/>
    public void Rollback()
    {
        if (_full.Count > _markedFull)
        {
            // The one that was in the making then is the first that has filled up since.
            _batch?.Release();
            _batch = _full[_markedFull];
            for (int i = _markedFull + 1; i < _full.Count; i++)
            {
                _full[i].Release();
            }

            _full.RemoveRange(_markedFull, _full.Count - _markedFull);
        }

        _batch?.Truncate(_markedCount, _markedBytes);
        if (_batch is { Count: 0 })
        {
            _batch.Release();
            _batch = null;
        }
    }

    /// <inheritdoc/>
    public void Flush(Batch? from = null) => Flush(from?.Origin, from);

    /// <summary>Hands on what was collected of rows that are no longer in their batches.</summary>
    public void Flush(BatchOrigin origin) => Flush(origin, null);

    /// <inheritdoc/>
    public void OnControl(in Control control) => output.OnControl(control);

    /// <summary>Gives back what was not handed on.</summary>
    public void Drop()
    {
        _full.ForEach(full => full.Release());
        _full.Clear();
        _batch?.Release();
        _batch = null;
    }

    private void Flush(BatchOrigin? origin, Batch? from)
    {
        foreach (Batch<T> full in _full)
        {
            Note(full, origin, from);
            output.OnBatch(full);
            full.Release();
        }

        _full.Clear();
        if (_batch is { Count: > 0 } batch)
        {
            _batch = null;
            Note(batch, origin, from);
            output.OnBatch(batch);
            batch.Release();
        }
    }

    private static void Note(Batch<T> batch, BatchOrigin? origin, Batch? from)
    {
        if (origin is not null)
        {
            batch.Origin.Widen(origin);
        }

        if (from is not null)
        {
            batch.ShareFrames(from);
        }
    }
}

using QueryStream.Core.Keys;

namespace QueryStream.Core.Texts;

/// <summary>
/// A bounded cache from UTF-8 bytes to a value computed from them. Its entries and bytes are limited: when it is full it is cleared, so that it
/// adapts to changing data. If less than a quarter of the lookups hit, it stops adding entries, and tries again after pauses that double. Used by one
/// thread.
/// </summary>
/// <typeparam name="TValue">The cached value of a text.</typeparam>
public sealed class TextDictionary<TValue>
{
    /// <summary>Longer texts are not cached.</summary>
    public const int MaxTextBytes = 512;

    private const int ProbePeriod = 1 << 16;
    private const int MaxRetryInterval = 1 << 24;

    private readonly Func<Text, TValue> _compute;
    private readonly Entry[] _entries;
    private readonly int[] _buckets;
    private readonly int _mask;
    private SharedTexts _texts;
    private int _count;
    private int _lookups;
    private int _hits;
    private int _retryInterval = ProbePeriod;
    private bool _isCaching = true;

    /// <summary>Creates a dictionary.</summary>
    /// <param name="capacity">The maximum number of entries, rounded up to a power of two.</param>
    /// <param name="compute">Computes the value of a text that the dictionary holds.</param>
    public TextDictionary(int capacity, Func<Text, TValue> compute)
    {
        int size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity);
        _compute = compute;
        _entries = new Entry[size];
        _buckets = new int[size * 2];
        _mask = _buckets.Length - 1;
        _texts = new SharedTexts(ChunkBytes);
    }

    // Enough for entries of typical length; fewer long ones fit.
    private int ChunkBytes => Math.Max(MaxTextBytes * 16, _entries.Length * 32);

    /// <summary>The number of cached texts.</summary>
    public int Count => _count;

    /// <summary>Gets the value of a text from the cache, or adds it. False if the text is not cached: the caller computes the value itself.</summary>
    public bool TryGet(ReadOnlySpan<byte> utf8, out TValue value)
    {
        if (utf8.Length > MaxTextBytes)
        {
            value = default!;
            return false;
        }

        ulong hash = StableHash.OfBytes(utf8);
        CountLookup();
        int bucket = (int)hash & _mask;
        for (int index; (index = _buckets[bucket]) != 0; bucket = (bucket + 1) & _mask)
        {
            ref Entry entry = ref _entries[index - 1];
            if (entry.Text.Hash == hash && entry.Text.Bytes.SequenceEqual(utf8))
            {
                _hits++;
                value = entry.Value;
                return true;
            }
        }

        if (!_isCaching)
        {
            value = default!;
            return false;
        }

        value = Add(utf8, hash, bucket);
        return true;
    }

    private TValue Add(ReadOnlySpan<byte> utf8, ulong hash, int bucket)
    {
        Text text = default;
        if (_count == _entries.Length || !_texts.TryAdd(utf8, hash, out text))
        {
            Clear();
            bucket = (int)hash & _mask;
            _ = _texts.TryAdd(utf8, hash, out text);
        }

        TValue value = _compute(text);
        _entries[_count] = new Entry(text, value);
        _buckets[bucket] = ++_count;
        return value;
    }

    private void Clear()
    {
        Array.Clear(_entries, 0, _count);
        Array.Clear(_buckets);
        _count = 0;
        _texts = new SharedTexts(ChunkBytes);
    }

    // With fewer hits than a quarter, adding each new text costs more than it saves.
    private void CountLookup()
    {
        if (++_lookups < (_isCaching ? ProbePeriod : _retryInterval))
        {
            return;
        }

        if (!_isCaching)
        {
            // The data may have changed.
            _isCaching = true;
        }
        else if (_hits >= _lookups / 4)
        {
            _retryInterval = ProbePeriod;
        }
        else
        {
            _isCaching = false;
            _retryInterval = Math.Min(_retryInterval * 2, MaxRetryInterval);
        }

        _lookups = 0;
        _hits = 0;
    }

    private readonly record struct Entry(Text Text, TValue Value);
}

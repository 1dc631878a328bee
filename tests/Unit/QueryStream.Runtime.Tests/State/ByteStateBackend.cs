using System.Buffers.Binary;
using System.Collections.Immutable;
using QueryStream.Core;
using QueryStream.Core.Codecs;
using QueryStream.Runtime.Operators.Windows.Aligned;
using QueryStream.Runtime.Operators.Windows.Counts;
using QueryStream.Runtime.Operators.Windows.Sessions;
using QueryStream.Runtime.State;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Tests.State;

/// <summary>
/// A backend that holds all state as sorted bytes, as an embedded key-value store does. It proves that operators need only the contracts of stores.
/// </summary>
internal sealed class ByteStateBackend : IStateBackend, IServiceProvider
{
    public KeyedStore<TKey> CreateKeyedStore<TKey>(int keyGroups) => new ByteKeyedStore<TKey>(keyGroups);

    public TimerQueue<TKey> CreateTimerQueue<TKey>(string name) => new ByteTimerQueue<TKey>(name);

    public SliceStore<TKey, TAccumulator> CreateSliceStore<TKey, TAccumulator>(AlignedWindows[] windows, Func<TAccumulator, TAccumulator> fork)
        where TAccumulator : struct => new ByteSliceStore<TKey, TAccumulator>(windows, fork);

    public SessionStore<TKey, TAccumulator> CreateSessionStore<TKey, TAccumulator>(Func<TAccumulator, TAccumulator> fork)
        where TAccumulator : struct => new ByteSessionStore<TKey, TAccumulator>();

    public CountWindowStore<TKey, TAccumulator> CreateCountWindowStore<TKey, TAccumulator>(Func<TAccumulator, TAccumulator> fork)
        where TAccumulator : struct => new ByteCountWindowStore<TKey, TAccumulator>();

    public object? GetService(Type serviceType) => serviceType == typeof(IStateBackend) ? this : null;
}

/// <summary>The backends for jobs of tests.</summary>
internal static class Backends
{
    /// <summary>One of the backends; the heap where nothing is random.</summary>
    public static Func<TimeProvider, IServiceProvider>? Any(SeededRandom? random) =>
        random is null || random.Next(2) == 0 ? null : static _ => new ByteStateBackend();
}

/// <summary>Entries of bytes in the order of their keys. A snapshot costs nothing and never changes.</summary>
internal sealed class SortedBytes
{
    private ImmutableSortedSet<Entry> _entries = ImmutableSortedSet.Create<Entry>(Entry.ByKey);

    public static byte[] Encode<T>(in T value)
    {
        CodecWriter writer = new();
        Codec<T>.Instance.Write(writer, value);
        return writer.Written.ToArray();
    }

    public static T Decode<T>(byte[] bytes, int from = 0) => Codec<T>.Instance.Read(new CodecReader(bytes, from, bytes.Length - from));

    /// <summary>A number whose bytes sort as it does.</summary>
    public static byte[] Sorted(long number)
    {
        byte[] bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number ^ long.MinValue);
        return bytes;
    }

    public byte[]? Get(byte[] key) => _entries.TryGetValue(new Entry(key, []), out Entry found) ? found.Value : null;

    public void Put(byte[] key, byte[] value)
    {
        Entry entry = new(key, value);
        _entries = _entries.Remove(entry).Add(entry);
    }

    public void Remove(byte[] key) => _entries = _entries.Remove(new Entry(key, []));

    /// <summary>The entries of this moment whose keys begin with a prefix. They may be enumerated later, and on any thread.</summary>
    public IEnumerable<Entry> Scan(byte[] prefix) => Scan(_entries, prefix);

    private static IEnumerable<Entry> Scan(ImmutableSortedSet<Entry> entries, byte[] prefix)
    {
        int first = entries.IndexOf(new Entry(prefix, []));
        for (int i = first < 0 ? ~first : first; i < entries.Count && entries[i].Key.AsSpan().StartsWith(prefix); i++)
        {
            yield return entries[i];
        }
    }

    internal readonly record struct Entry(byte[] Key, byte[] Value)
    {
        public static IComparer<Entry> ByKey { get; } = Comparer<Entry>.Create(static (a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key));
    }
}

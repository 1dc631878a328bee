using QueryStream.Core.Keys;

namespace QueryStream.Streams.Graph;

/// <summary>Spreads rows by a key that is taken from them.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <typeparam name="TKey">The key.</typeparam>
/// <param name="key">Takes the key.</param>
internal sealed class SelectedKeyExchange<T, TKey>(Func<T, TKey> key) : KeyExchange<T>
{
    private static readonly KeyType<TKey> KeyType = KeyType<TKey>.Instance;

    internal override string KeyLayout => Layout.Of<TKey>();

    public override void Hash(ReadOnlySpan<T> rows, Span<ulong> hashes)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            hashes[i] = KeyType.HashOfRow(key(rows[i]));
        }
    }
}

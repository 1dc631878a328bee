using System.Diagnostics.CodeAnalysis;
using QueryStream.Core.Keys;

namespace QueryStream.Runtime.State;

/// <summary>Equality and hash of keys for the framework's collections, so that they agree with those of keyed state.</summary>
/// <typeparam name="T">The key.</typeparam>
internal sealed class KeyEquality<T> : IEqualityComparer<T>
{
    private static readonly KeyType<T> KeyType = KeyType<T>.Instance;

    public bool Equals(T? x, T? y) => KeyType.AreEqual(x!, y!);

    public int GetHashCode([DisallowNull] T obj) => (int)KeyType.Hash(obj);
}

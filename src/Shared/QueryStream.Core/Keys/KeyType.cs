using System.Runtime.CompilerServices;
using QueryStream.Core.Texts;

namespace QueryStream.Core.Keys;

/// <summary>
/// What the engine must know of a key type: its stable hash, its equality, and how a copy comes to own its bytes.
/// Equal means equal to people: both zeros are one key, everything that is not a number is one, 1.0 is 1.00, a time with an offset is its point
/// of time. (A <see cref="Codecs.Codec{T}"/> keeps all of these apart.) The hash of a composite is folded from its members' hashes.
/// A missing text, the null of a nullable value, and a null inside of a composite are keys like any other: rows without a value are a group of
/// their own. Only a key that is itself a null reference is none, see <see cref="HashOfRow"/>.
/// Stateless; safe on any thread.
/// </summary>
/// <typeparam name="TKey">The key's type.</typeparam>
public abstract class KeyType<TKey>
{
    /// <summary>
    /// The one instance for <typeparamref name="TKey"/>. In a static field, so that the JIT sees its exact class and inlines; so a
    /// type that cannot be a key shows as a <see cref="TypeInitializationException"/> here, and should be refused by <see cref="Check"/> before.
    /// </summary>
    public static KeyType<TKey> Instance { get; } = (KeyType<TKey>)KeyTypes.Create(typeof(TKey));

    /// <summary>Refuses a type that cannot be a key.</summary>
    /// <exception cref="Errors.JobDefinitionException">It cannot; names the type, or the member of the composite, and what can.</exception>
    public static void Check() => KeyTypes.Check(typeof(TKey));

    /// <summary>The stable hash; equal keys have equal hashes in every process and version.</summary>
    public abstract ulong Hash(in TKey key);

    /// <summary>The stable hash of a key that was taken from a row just now.</summary>
    /// <exception cref="Errors.NullKeyException">The key is a null reference.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong HashOfRow(in TKey key)
    {
        // Of structs, nullable ones too, nothing is left of this condition.
        if (!typeof(TKey).IsValueType && key is null)
        {
            throw new Errors.NullKeyException(typeof(TKey));
        }

        return Hash(key);
    }

    /// <summary>Whether two keys are the same.</summary>
    public abstract bool AreEqual(in TKey a, in TKey b);

    /// <summary>The same key with its texts in <paramref name="arena"/>, for state that outlives the row.</summary>
    public virtual TKey Keep(in TKey key, TextArena arena) => key;

    /// <summary>Bytes beyond the struct itself, for accounting.</summary>
    public virtual int PayloadBytes(in TKey key) => 0;
}

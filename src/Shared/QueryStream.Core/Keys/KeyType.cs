using QueryStream.Core.Texts;

namespace QueryStream.Core.Keys;

/// <summary>
/// What the engine must know of a key type: its stable hash, its equality, and how a copy comes to own its bytes.
/// The hash of a composite is folded from its members' hashes, each over the member's canonical bytes.
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

    /// <summary>Whether two keys are the same.</summary>
    public abstract bool AreEqual(in TKey a, in TKey b);

    /// <summary>The same key with its texts in <paramref name="arena"/>, for state that outlives the row.</summary>
    public virtual TKey Keep(in TKey key, TextArena arena) => key;

    /// <summary>Bytes beyond the struct itself, for accounting.</summary>
    public virtual int PayloadBytes(in TKey key) => 0;
}

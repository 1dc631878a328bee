using System.Runtime.CompilerServices;
using QueryStream.Core.Texts;

namespace QueryStream.Core.Keys;

/// <summary>
/// Hash and equality of a key type. Stateless; safe on any thread.
/// <para>Keys are equal if people consider them equal: 0.0 and −0.0, all NaNs, 1.0m and 1.00m, 12:00+02:00 and 10:00Z. (A
/// <see cref="Codecs.Codec{T}"/> preserves the differences.) The hash of a composite combines the hashes of its members.</para>
/// <para>A missing text, a nullable value without a value, and a null member of a composite are ordinary keys, as in SQL's GROUP BY.
/// A null reference as the whole key is not a key; see <see cref="HashOfRow"/>.</para>
/// </summary>
/// <typeparam name="TKey">The key's type.</typeparam>
public abstract class KeyType<TKey>
{
    /// <summary>
    /// The instance for <typeparamref name="TKey"/>. A static field, so that the JIT knows its exact class and can inline its methods. For a type
    /// that cannot be a key, reading it throws <see cref="TypeInitializationException"/>: call <see cref="Check"/> first.
    /// </summary>
    public static KeyType<TKey> Instance { get; } = (KeyType<TKey>)KeyTypes.Create(typeof(TKey));

    /// <summary>Throws if the type cannot be a key.</summary>
    /// <exception cref="Errors.JobDefinitionException">The type cannot be a key. The message names it, or its part that cannot, and the types that
    /// can.</exception>
    public static void Check() => KeyTypes.Check(typeof(TKey));

    /// <summary>The stable hash; equal keys have equal hashes in every process and version.</summary>
    public abstract ulong Hash(in TKey key);

    /// <summary>The stable hash of a key that was taken from a row.</summary>
    /// <exception cref="Errors.NullKeyException">The key is a null reference.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong HashOfRow(in TKey key)
    {
        // The JIT removes this condition for value types.
        if (!typeof(TKey).IsValueType && key is null)
        {
            throw new Errors.NullKeyException(typeof(TKey));
        }

        return Hash(key);
    }

    /// <summary>Whether two keys are the same.</summary>
    public abstract bool AreEqual(in TKey a, in TKey b);

    /// <summary>The same key with its texts copied into <paramref name="arena"/>, for state that outlives the row.</summary>
    public virtual TKey Keep(in TKey key, TextArena arena) => key;

    /// <summary>The bytes that the key refers to beyond the struct, for memory accounting.</summary>
    public virtual int PayloadBytes(in TKey key) => 0;
}

/// <summary>
/// Registers the <see cref="KeyType{TKey}"/> of a type, in the assembly that declares the type. For an open generic type, the key type has the same
/// type parameters. The source generator writes this attribute for records whose members can all be keys.
/// </summary>
/// <param name="type">The type.</param>
/// <param name="keyType">Its <see cref="KeyType{TKey}"/>, which has a constructor without parameters.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class KeyTypeOfAttribute(Type type, Type keyType) : Attribute
{
    /// <summary>The type.</summary>
    public Type Type { get; } = type;

    /// <summary>Its key type.</summary>
    public Type KeyType { get; } = keyType;
}

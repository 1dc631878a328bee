using QueryStream.Core.Codecs;
using QueryStream.Core.Keys;
using QueryStream.TestKit.Contracts;

[assembly: CodecOf(typeof(CollidingKey), typeof(CollidingKeyCodec))]
[assembly: KeyTypeOf(typeof(CollidingKey), typeof(CollidingKeyType))]

namespace QueryStream.TestKit.Contracts;

/// <summary>A key type whose values have only seven different hashes.</summary>
/// <param name="Number">Numbers that are equal modulo <see cref="Hashes"/> have equal hashes.</param>
public readonly record struct CollidingKey(int Number)
{
    /// <summary>The number of different hashes.</summary>
    public const int Hashes = 7;
}

internal sealed class CollidingKeyCodec : SurrogateCodec<CollidingKey, int>
{
    protected override int To(in CollidingKey value) => value.Number;

    protected override CollidingKey From(in int surrogate, CodecReader reader) => new(surrogate);
}

internal sealed class CollidingKeyType : KeyType<CollidingKey>
{
    public override ulong Hash(in CollidingKey key) => KeyType<int>.Instance.Hash(key.Number % CollidingKey.Hashes);

    public override bool AreEqual(in CollidingKey a, in CollidingKey b) => a.Number == b.Number;
}

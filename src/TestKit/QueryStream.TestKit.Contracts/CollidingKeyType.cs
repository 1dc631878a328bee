using QueryStream.Core.Keys;
using QueryStream.TestKit.Contracts;

[assembly: KeyTypeOf(typeof(CollidingKey), typeof(CollidingKeyType))]

namespace QueryStream.TestKit.Contracts;

internal sealed class CollidingKeyType : KeyType<CollidingKey>
{
    public override ulong Hash(in CollidingKey key) => KeyType<int>.Instance.Hash(key.Number % CollidingKey.Hashes);

    public override bool AreEqual(in CollidingKey a, in CollidingKey b) => a.Number == b.Number;
}

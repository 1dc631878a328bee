using QueryStream.Core.Texts;

namespace QueryStream.Core.Keys;

internal sealed class TextKey : KeyType<Text>
{
    public override ulong Hash(in Text key) => key.Hash;

    public override bool AreEqual(in Text a, in Text b) => a.Equals(b);

    public override Text Keep(in Text key, TextArena arena) => arena.Keep(key);

    public override int PayloadBytes(in Text key) => key.ByteLength;
}

internal sealed class StringKey : KeyType<string>
{
    // The same hash as a Text with these characters, so that a job can change the member's type and keep its state.
    public override ulong Hash(in string key) => Text.From(key).Hash;

    public override bool AreEqual(in string a, in string b) => string.Equals(a, b, StringComparison.Ordinal);

    public override int PayloadBytes(in string key) => key is null ? 0 : key.Length * 2;
}

internal sealed class BooleanKey : KeyType<bool>
{
    public override ulong Hash(in bool key) => StableHash.OfInt64(key ? 1 : 0);

    public override bool AreEqual(in bool a, in bool b) => a == b;
}

internal sealed class ByteKey : KeyType<byte>
{
    public override ulong Hash(in byte key) => StableHash.OfInt64(key);

    public override bool AreEqual(in byte a, in byte b) => a == b;
}

internal sealed class Int16Key : KeyType<short>
{
    public override ulong Hash(in short key) => StableHash.OfInt64(key);

    public override bool AreEqual(in short a, in short b) => a == b;
}

internal sealed class Int32Key : KeyType<int>
{
    public override ulong Hash(in int key) => StableHash.OfInt64(key);

    public override bool AreEqual(in int a, in int b) => a == b;
}

internal sealed class Int64Key : KeyType<long>
{
    public override ulong Hash(in long key) => StableHash.OfInt64(key);

    public override bool AreEqual(in long a, in long b) => a == b;
}

internal sealed class UnitKey : KeyType<Unit>
{
    public override ulong Hash(in Unit key) => StableHash.OfInt64(0);

    public override bool AreEqual(in Unit a, in Unit b) => true;
}

internal sealed class SByteKey : KeyType<sbyte>
{
    public override ulong Hash(in sbyte key) => StableHash.OfInt64(key);

    public override bool AreEqual(in sbyte a, in sbyte b) => a == b;
}

internal sealed class UInt16Key : KeyType<ushort>
{
    public override ulong Hash(in ushort key) => StableHash.OfInt64(key);

    public override bool AreEqual(in ushort a, in ushort b) => a == b;
}

internal sealed class UInt32Key : KeyType<uint>
{
    public override ulong Hash(in uint key) => StableHash.OfInt64(key);

    public override bool AreEqual(in uint a, in uint b) => a == b;
}

internal sealed class UInt64Key : KeyType<ulong>
{
    public override ulong Hash(in ulong key) => StableHash.OfInt64((long)key);

    public override bool AreEqual(in ulong a, in ulong b) => a == b;
}

internal sealed class CharKey : KeyType<char>
{
    public override ulong Hash(in char key) => StableHash.OfInt64(key);

    public override bool AreEqual(in char a, in char b) => a == b;
}

using QueryStream.Core;

namespace QueryStream.Exchange.Tests.Support;

/// <summary>Random bytes that a seed determines.</summary>
internal static class RandomBytes
{
    public static byte[] NextBytes(this SeededRandom random, int count)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
        {
            bytes[i] = (byte)random.Next();
        }

        return bytes;
    }
}

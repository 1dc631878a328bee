using System.Text; // IDE0005

namespace QueryStream.Rules.Actors;

public sealed class Style // CS1591
{
    private readonly int count = 1; // IDE1006

    private static readonly int _size = 1; // IDE1006

    internal int Sum => count + _size;

    internal static bool Compare(string text) => text.StartsWith("a"); // CA1310

    int Implicit() => Sum; // IDE0040
}

namespace QueryStream.Rules.Actors;

internal static class Culture
{
    public static string Lower(string text) => text.ToLower(); // CA1304, CA1311

    public static string Format(double number) => number.ToString(); // CA1305

    public static bool Find(string text) => text.Contains("a"); // CA1307

    public static bool AreEqual(string left, string right) => string.Equals(left, right, StringComparison.InvariantCulture); // CA1309
}

using System.Text.RegularExpressions;

namespace QueryStream.Runtime.Tests.Rows;

/// <summary>What errors say of where a row comes from.</summary>
internal static class Places
{
    /// <summary>Asserts that a position after an exchange names the row's record, or else its sender, candidate records and content.</summary>
    public static void AssertRow(string? position, string record, string sender, string origin, string row)
    {
        Assert.NotNull(position);
        if (position != $"at {record}")
        {
            Assert.True(
                Regex.IsMatch(position, $"^at a row from {Regex.Escape(sender)}, made of offsets? .*{Regex.Escape(origin)}.*: {Regex.Escape(row)}$"),
                position);
        }
    }
}

using System.CommandLine;
using System.Globalization;
using QueryStream.Certificates;
using QueryStream.JobSubmit.Arguments;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>cluster certificates</c>: makes the certificates by which the processes of a cluster know each other.</summary>
internal static class CertificatesCommand
{
    private const StringSplitOptions SplitOptions = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    public static Command Create(CommandContext context)
    {
        Argument<string> directory = new("DIR") { Description = "Where to write them. An authority that is there signs; nothing is replaced" };
        Option<string[]> hosts = new("--hosts")
        {
            Description = "Names and IP addresses of the machines, separated by commas, for programs that compare them: the cluster does not",
            HelpName = "HOST",
        };
        Option<int?> days = CommonOptions.Number(
            "--days",
            string.Create(CultureInfo.InvariantCulture, $"How many days the certificate is valid. Unset: {CertificateOrder.DefaultDays}"),
            1,
            CertificateOrder.MaxDays);
        Command command = new("certificates", "Make the certificates by which the processes of a cluster know each other.")
        {
            directory, hosts, days,
        };
        command.SetAction(parsed =>
        {
            CertificateFiles files = new(Path.GetFullPath(parsed.GetRequiredValue(directory)));
            string[] names = [.. (parsed.GetValue(hosts) ?? []).SelectMany(static text => text.Split(',', SplitOptions))];
            foreach (string name in names.Where(name => Uri.CheckHostName(name) == UriHostNameType.Unknown))
            {
                throw new UsageException($"'--hosts': '{name}' is no name of a machine and no IP address.");
            }

            IssuedCertificates issued = new CertificateIssuer(files, context.Time).Issue(
                new CertificateOrder(names, parsed.GetValue(days) ?? CertificateOrder.DefaultDays));
            context.Terminal.Out.WriteLine(Describe(files, issued));
            return 0;
        });
        return command;
    }

    private static string Describe(CertificateFiles files, IssuedCertificates issued)
    {
        string authority = issued.HasNewAuthority
            ? $"{files.Authority} and {files.AuthorityKey}: the cluster's authority. Keep ca.key away from the machines of the cluster: "
                + "who has it can join, and only new certificates need it."
            : $"Signed by the authority in {files.Authority}.";
        return $"{authority}\n"
            + $"{files.Node} and {files.NodeKey}: the certificate of a process, valid until {issued.ValidUntil:yyyy-MM-dd}. All may share it.\n"
            + "Copy ca.crt, node.crt and node.key to each machine, and start its processes with them:\n"
            + $"  querystream coordinator --host HOST --bind 0.0.0.0 --tls {files.Directory}\n"
            + $"  querystream worker --coordinator COORDINATOR:6123 --host HOST --bind 0.0.0.0 --tls {files.Directory}";
    }
}

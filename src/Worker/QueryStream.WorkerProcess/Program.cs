using QueryStream.Cluster.Host.Commands;

return await NodeProgram.RunWorkerAsync(args);
